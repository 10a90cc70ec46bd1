#compdef fedctl
# zsh completion for fedctl. To have it now: source <(fedctl completion zsh)
_fedctl() {
  local line
  local -a lines names shown
  lines=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
  if [[ ${lines[1]} == ":files" ]]; then
    _files
    return
  fi
  for line in "${lines[@]}"; do
    [[ -n $line ]] || continue
    names+=("${line%%$'\t'*}")
    shown+=("${line//$'\t'/  -- }")
  done
  (( ${#names} )) || return 1
  if (( ${#names} == 1 )) && [[ ${names[1]} == *[/=] ]]; then
    compadd -S '' -a names
  else
    compadd -l -d shown -a names
  fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _fedctl fedctl
