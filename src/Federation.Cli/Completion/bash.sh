# bash completion for fedctl. To have it now: source <(fedctl completion bash)
_fedctl() {
  local word line candidates files=
  local -a words=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    # bash cuts a word at "=": the value is a word of its own then.
    [[ $word == "=" ]] || words+=("$word")
  done
  [[ ${COMP_WORDS[COMP_CWORD]} == "=" ]] && words+=("")
  candidates=$("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null </dev/null)
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ":files" ]]; then files=1; elif [[ -n $line ]]; then COMPREPLY+=("${line%%$'\t'*}"); fi
  done <<<"$candidates"
  if [[ -n $files ]]; then
    compopt -o default 2>/dev/null
    COMPREPLY=()
  elif [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _fedctl fedctl ./fedctl
