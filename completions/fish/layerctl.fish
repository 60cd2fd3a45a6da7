# fish completion for layerctl(1)
# Written by `tools/dev docs` from the tool's table of options: change that, not this.

# Offers folders and the files that end in one of the named extensions.
function __layercast_layerctl_files
    set -l written (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l endings (string join '|' -- $argv)
    __fish_complete_path "$written" | string match -r -- "^[^\t]*(?:/|\.(?:$endings))(?:\t.*)?\$"
end

complete -c layerctl -f

# The command on the line, and on lines of their own the words after it.
function __layercast_layerctl_line
    set -l command
    set -l rest
    set -l awaits no
    for word in (commandline -opc)[2..]
        if test $awaits = yes
            set awaits no
        else if contains -- $word --url --token-file --scene --at --if-revision --log-level --log-format --id -f --file --from --to --duration --delay --easing --iterations --direction --fill --keyframes --author -o --output --width --codec --preset --bitrate
            set awaits yes
        else if not string match -q -- '-*' $word
            if contains -- "$command" '' audio config outputs
                set command (string trim -- "$command $word")
            else
                set -a rest $word
            end
        end
    end
    printf '%s\n' "$command" $rest
end

# Whether the command is this one, with so many words after it: at least, at most.
function __layercast_layerctl_at
    set -l line (__layercast_layerctl_line)
    test "$line[1]" = "$argv[1]"; or return 1
    set -q argv[2]; or return 0
    set -l place (math (count $line) - 1)
    test $place -ge $argv[2]; and test $place -le $argv[3]
end

# Offers what the tool itself knows: ids, or the keys of a layer.
function __layercast_layerctl_words
    set -l how
    set -l option
    for word in (commandline -opc)[2..]
        if test -n "$option"
            set -a how $option $word
            set option
        else if contains -- $word --url --token-file --scene
            set option $word
        else if string match -qr -- '^(--url|--token-file|--scene)=' $word
            set -a how $word
        end
    end
    set -l line (__layercast_layerctl_line)
    layerctl $how complete $argv $line[2] 2>/dev/null
end

complete -c layerctl -l url -r -f -d 'Address of the daemon'
complete -c layerctl -l token-file -r -F -d 'File with the daemon\'s token'
complete -c layerctl -l scene -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'Work on this scene file instead of a daemon'
complete -c layerctl -l wait -d 'Wait until the change is on air, and print the frame that first shows it'
complete -c layerctl -l at -r -f -d 'Change it at a stream time such as 90s, or at a frame such as frame:5400'
complete -c layerctl -l if-revision -r -f -d 'Change it only while the scene is at this revision'
complete -c layerctl -l json -d 'Print JSON, for programs'
complete -c layerctl -l log-level -r -f -a 'debug info warning error' -d 'Least severe messages shown'
complete -c layerctl -l log-format -r -f -a 'text json' -d 'How messages are written on stderr'
complete -c layerctl -s h -l help -d 'List the options on standard output and exit'
complete -c layerctl -l version -d 'Print the version on standard output and exit'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'ls' -d 'List the layers, the nearest first'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'get' -d 'Print a layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'create' -d 'Add a layer on top of the others, and print its id'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'set' -d 'Change a layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'show' -d 'Make layers visible'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'hide' -d 'Make layers invisible'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'rm' -d 'Take layers away'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'raise' -d 'Bring a layer in front of all others'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'lower' -d 'Put a layer behind all others'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'activate' -d 'Make a layer the active one'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'animate' -d 'Add an animation to a layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'say' -d 'Say something on a chat layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'apply' -d 'Make the scene equal a scene file, and print what changes'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'diff' -d 'Print what apply would change'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'export' -d 'Write the scene as a scene file'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'validate' -d 'Tell every fault of scene files'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'watch' -d 'Print what happens as it happens'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'snapshot' -d 'Write the picture that is on air to a file'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'status' -d 'Tell how the stream does'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'start' -d 'Go on air'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'stop' -d 'Go off air'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'pause' -d 'Let the picture stand still'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'audio' -d 'ls, add, set, rm'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'config' -d 'get, set'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'outputs' -d 'ls, add, rm'
complete -c layerctl -n '__layercast_layerctl_at \'audio\' 0 0' -f -a 'ls' -d 'List the sounds beside the picture'
complete -c layerctl -n '__layercast_layerctl_at \'audio\' 0 0' -f -a 'add' -d 'Add a sound, and print its id'
complete -c layerctl -n '__layercast_layerctl_at \'audio\' 0 0' -f -a 'set' -d 'Change a sound, such as volume=0.5 or mute=true'
complete -c layerctl -n '__layercast_layerctl_at \'audio\' 0 0' -f -a 'rm' -d 'Take a sound away'
complete -c layerctl -n '__layercast_layerctl_at \'config\' 0 0' -f -a 'get' -d 'Print size, rate and encoding of the stream'
complete -c layerctl -n '__layercast_layerctl_at \'config\' 0 0' -f -a 'set' -d 'Change size, rate or encoding of the stream'
complete -c layerctl -n '__layercast_layerctl_at \'outputs\' 0 0' -f -a 'ls' -d 'List the outputs, and how they do'
complete -c layerctl -n '__layercast_layerctl_at \'outputs\' 0 0' -f -a 'add' -d 'Add an output, and print its id'
complete -c layerctl -n '__layercast_layerctl_at \'outputs\' 0 0' -f -a 'rm' -d 'Finish an output, and take it away'
complete -c layerctl -n '__layercast_layerctl_at \'get\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'create\'' -l id -r -f -d 'Its id'
complete -c layerctl -n '__layercast_layerctl_at \'create\'' -s f -l file -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'A layer as YAML or JSON, which the assignments change'
complete -c layerctl -n '__layercast_layerctl_at \'create\' 0 0' -f -a 'host assistant visual_feed overlay chat'
complete -c layerctl -n '__layercast_layerctl_at \'set\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'set\' 1 9999' -f -a '(__layercast_layerctl_words paths)'
complete -c layerctl -n '__layercast_layerctl_at \'show\' 0 9999' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'hide\' 0 9999' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'rm\' 0 9999' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'raise\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'lower\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'activate\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l from -r -f -d 'Where it begins, such as 0, [0, 80] or left'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l to -r -f -d 'Where it ends'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l duration -r -f -d 'How long one iteration lasts, such as 500ms'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l delay -r -f -d 'What passes before the first iteration'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l easing -r -f -a 'linear ease ease-in ease-out ease-in-out' -d 'How it moves, as in CSS'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l iterations -r -f -a 'infinite' -d 'How often it plays'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l direction -r -f -a 'normal reverse alternate alternate-reverse' -d 'Which way it plays'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l fill -r -f -a 'none forwards backwards both' -d 'Where it has an effect outside its time'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l keyframes -r -f -d 'The keyframes of the effect keyframes, such as [{at'
complete -c layerctl -n '__layercast_layerctl_at \'animate\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'animate\' 1 1' -f -a 'fade slide scale rotate keyframes'
complete -c layerctl -n '__layercast_layerctl_at \'say\'' -l author -r -f -d 'Who says it'
complete -c layerctl -n '__layercast_layerctl_at \'say\'' -l highlight -d 'Make the message stand out'
complete -c layerctl -n '__layercast_layerctl_at \'say\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'audio add\'' -l id -r -f -d 'Its id'
complete -c layerctl -n '__layercast_layerctl_at \'audio add\' 0 0' -f -a '(__layercast_layerctl_files mp4 mkv webm mov flv ts m3u8 y4m rgba png jpg webp wav mp3 m4a aac flac ogg opus)'
complete -c layerctl -n '__layercast_layerctl_at \'audio set\' 0 0' -f -a '(__layercast_layerctl_words sounds)'
complete -c layerctl -n '__layercast_layerctl_at \'audio rm\' 0 0' -f -a '(__layercast_layerctl_words sounds)'
complete -c layerctl -n '__layercast_layerctl_at \'apply\'' -s f -l file -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'The scene file'
complete -c layerctl -n '__layercast_layerctl_at \'apply\'' -l dry-run -d 'Change nothing'
complete -c layerctl -n '__layercast_layerctl_at \'diff\'' -s f -l file -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'The scene file'
complete -c layerctl -n '__layercast_layerctl_at \'export\'' -s o -l output -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'Where it goes'
complete -c layerctl -n '__layercast_layerctl_at \'validate\' 0 9999' -f -a '(__layercast_layerctl_files yaml yml)'
complete -c layerctl -n '__layercast_layerctl_at \'watch\'' -l stats -d 'Print the figures of each second too'
complete -c layerctl -n '__layercast_layerctl_at \'snapshot\'' -l width -r -f -d 'Shrink it to so many px at most'
complete -c layerctl -n '__layercast_layerctl_at \'snapshot\' 0 0' -f -a '(__layercast_layerctl_files png jpg jpeg)'
complete -c layerctl -n '__layercast_layerctl_at \'config get\' 0 0' -f -a 'width height fps codec preset bitrate keyframe_interval'
complete -c layerctl -n '__layercast_layerctl_at \'config set\' 0 9999' -f -a 'width= height= fps= codec= preset= bitrate= keyframe_interval= quality='
complete -c layerctl -n '__layercast_layerctl_at \'outputs add\'' -l id -r -f -d 'Its id'
complete -c layerctl -n '__layercast_layerctl_at \'outputs add\'' -l codec -r -f -d 'Its video codec'
complete -c layerctl -n '__layercast_layerctl_at \'outputs add\'' -l preset -r -f -d 'The speed of its encoder'
complete -c layerctl -n '__layercast_layerctl_at \'outputs add\'' -l bitrate -r -f -d 'Its bits per second, such as 6M'
complete -c layerctl -n '__layercast_layerctl_at \'outputs rm\' 0 0' -f -a '(__layercast_layerctl_words outputs)'
