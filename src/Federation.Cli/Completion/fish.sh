# fish completion for fedctl. To have it now: fedctl completion fish | source
function __fedctl_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines ($words[1] __complete -- $words[2..-1] 2>/dev/null </dev/null)
    if test "$lines[1]" = ":files"
        __fish_complete_path (commandline -ct)
        return
    end
    test (count $lines) -gt 0; and printf '%s\n' $lines
end
complete -c fedctl -f -a '(__fedctl_complete)'
