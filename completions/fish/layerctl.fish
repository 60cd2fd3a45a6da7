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
        else if contains -- $word --url --token-file --scene --at --if-revision --log-level --log-format --id -f --file --from --to --duration --delay --easing --iterations --direction --fill --speed --gap --fade-edges --keyframes --author -o --output --width --codec --preset --bitrate
            set awaits yes
        else if not string match -q -- '-*' $word
            if contains -- "$command" '' animations audio at config outputs
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

complete -c layerctl -l url -r -f -d 'Address of the daemon, http://HOST:PORT or unix:PATH'
complete -c layerctl -l token-file -r -F -d 'File that holds the daemon\'s token'
complete -c layerctl -l scene -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'Work on this scene file instead of a daemon'
complete -c layerctl -l wait -d 'Wait until the change is on air, and print the number of the first frame that shows it'
complete -c layerctl -l at -r -f -d 'Apply the change at a stream time such as 90s, at a frame such as frame:5400, or at a date and time with a time zone such as 2026-01-01T18:00:00+01:00'
complete -c layerctl -l if-revision -r -f -d 'Apply the change only if the scene is at this revision'
complete -c layerctl -l json -d 'Print JSON'
complete -c layerctl -l log-level -r -f -a 'debug info warning error' -d 'Lowest severity shown'
complete -c layerctl -l log-format -r -f -a 'text json' -d 'Format of messages on standard error'
complete -c layerctl -s h -l help -d 'List the options on standard output and exit'
complete -c layerctl -l version -d 'Print the version on standard output and exit'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'ls' -d 'List the layers, the topmost first'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'get' -d 'Print a layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'create' -d 'Add a layer on top of the others, and print its id'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'set' -d 'Change a layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'show' -d 'Make layers visible'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'hide' -d 'Make layers invisible'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'rm' -d 'Remove layers'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'restart' -d 'Start the content and the animations of layers again, on a running daemon'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'release' -d 'Load layers that are held because they were loading when a former process died, on a running daemon'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'stopwatch' -d 'Start, stop or reset the stopwatch of a text with {{elapsed}}, on a running daemon'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'raise' -d 'Bring a layer in front of all others'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'lower' -d 'Put a layer behind all others'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'activate' -d 'Make a layer the active layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'animate' -d 'Add an animation to a layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'say' -d 'Post a message to a chat layer'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'apply' -d 'Make the scene equal to a scene file, and print the changes'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'diff' -d 'Print the changes that apply would make'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'export' -d 'Write the scene as a scene file'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'validate' -d 'Check scene files and report every fault'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'watch' -d 'Print the events of the daemon as they happen'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'snapshot' -d 'Save the frame that is on air to a file'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'status' -d 'Print the status of the stream'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'start' -d 'Start the stream'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'stop' -d 'Stop the stream and finish its outputs'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'pause' -d 'Freeze the picture'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'help' -d 'Explain a command'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'animations' -d 'ls, rm'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'audio' -d 'ls, add, set, rm'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'at' -d 'ls, cancel'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'config' -d 'get, set'
complete -c layerctl -n '__layercast_layerctl_at \'\' 0 0' -f -a 'outputs' -d 'ls, add, rm'
complete -c layerctl -n '__layercast_layerctl_at \'animations\' 0 0' -f -a 'ls' -d 'List the animations of a layer'
complete -c layerctl -n '__layercast_layerctl_at \'animations\' 0 0' -f -a 'rm' -d 'Remove animations of a layer, by their index in the list'
complete -c layerctl -n '__layercast_layerctl_at \'audio\' 0 0' -f -a 'ls' -d 'List the sounds of the scene'
complete -c layerctl -n '__layercast_layerctl_at \'audio\' 0 0' -f -a 'add' -d 'Add a sound, and print its id'
complete -c layerctl -n '__layercast_layerctl_at \'audio\' 0 0' -f -a 'set' -d 'Change a sound, such as volume=0.5 or mute=true'
complete -c layerctl -n '__layercast_layerctl_at \'audio\' 0 0' -f -a 'rm' -d 'Remove a sound'
complete -c layerctl -n '__layercast_layerctl_at \'at\' 0 0' -f -a 'ls' -d 'List the scheduled commands'
complete -c layerctl -n '__layercast_layerctl_at \'at\' 0 0' -f -a 'cancel' -d 'Cancel scheduled commands'
complete -c layerctl -n '__layercast_layerctl_at \'config\' 0 0' -f -a 'get' -d 'Print the size, frame rate and encoding of the stream'
complete -c layerctl -n '__layercast_layerctl_at \'config\' 0 0' -f -a 'set' -d 'Change the size, frame rate or encoding of the stream'
complete -c layerctl -n '__layercast_layerctl_at \'outputs\' 0 0' -f -a 'ls' -d 'List the outputs and their state'
complete -c layerctl -n '__layercast_layerctl_at \'outputs\' 0 0' -f -a 'add' -d 'Add an output, and print its id'
complete -c layerctl -n '__layercast_layerctl_at \'outputs\' 0 0' -f -a 'rm' -d 'Finish an output and remove it'
complete -c layerctl -n '__layercast_layerctl_at \'get\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'create\'' -l id -r -f -d 'Id of the layer'
complete -c layerctl -n '__layercast_layerctl_at \'create\'' -s f -l file -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'File with the layer as YAML or JSON, which the assignments override'
complete -c layerctl -n '__layercast_layerctl_at \'create\' 0 0' -f -a 'host assistant visual_feed overlay chat'
complete -c layerctl -n '__layercast_layerctl_at \'set\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'set\' 1 9999' -f -a '(__layercast_layerctl_words paths)'
complete -c layerctl -n '__layercast_layerctl_at \'show\' 0 9999' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'hide\' 0 9999' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'rm\' 0 9999' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'restart\' 0 9999' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'release\' 0 9999' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'stopwatch\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'stopwatch\' 1 1' -f -a 'start stop reset'
complete -c layerctl -n '__layercast_layerctl_at \'raise\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'lower\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'activate\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l from -r -f -d 'Start value, such as 0, [0, 80] or left'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l to -r -f -d 'End value'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l duration -r -f -d 'Duration of one iteration, such as 500ms'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l delay -r -f -d 'Delay before the first iteration'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l easing -r -f -a 'linear ease ease-in ease-out ease-in-out' -d 'Easing function, as in CSS'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l iterations -r -f -a 'infinite' -d 'Number of iterations, or infinite'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l direction -r -f -a 'normal reverse alternate alternate-reverse' -d 'Playback direction'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l fill -r -f -a 'none forwards backwards both' -d 'Fill mode, before and after the active time'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l speed -r -f -d 'Speed of the effect scroll in px per second, instead of a duration'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l gap -r -f -d 'Space between the rounds of the effect scroll, in px'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l fade-edges -r -f -d 'Length in px in which the effect scroll fades out at the ends of the layer'
complete -c layerctl -n '__layercast_layerctl_at \'animate\'' -l keyframes -r -f -d 'List for the effect keyframes, such as [{at'
complete -c layerctl -n '__layercast_layerctl_at \'animate\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'animate\' 1 1' -f -a 'fade slide scale rotate scroll volume keyframes'
complete -c layerctl -n '__layercast_layerctl_at \'animations ls\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'animations rm\'' -l all -d 'Remove all animations of the layer'
complete -c layerctl -n '__layercast_layerctl_at \'animations rm\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'say\'' -l author -r -f -d 'Author of the message'
complete -c layerctl -n '__layercast_layerctl_at \'say\'' -l highlight -d 'Highlight the message'
complete -c layerctl -n '__layercast_layerctl_at \'say\' 0 0' -f -a '(__layercast_layerctl_words ids)'
complete -c layerctl -n '__layercast_layerctl_at \'audio add\'' -l id -r -f -d 'Id of the sound'
complete -c layerctl -n '__layercast_layerctl_at \'audio add\' 0 0' -f -a '(__layercast_layerctl_files mp4 mkv webm mov flv ts m3u8 y4m rgba png jpg webp wav mp3 m4a aac flac ogg opus)'
complete -c layerctl -n '__layercast_layerctl_at \'audio set\' 0 0' -f -a '(__layercast_layerctl_words sounds)'
complete -c layerctl -n '__layercast_layerctl_at \'audio rm\' 0 0' -f -a '(__layercast_layerctl_words sounds)'
complete -c layerctl -n '__layercast_layerctl_at \'apply\'' -s f -l file -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'The scene file'
complete -c layerctl -n '__layercast_layerctl_at \'apply\'' -l dry-run -d 'Print the changes, but do not apply them'
complete -c layerctl -n '__layercast_layerctl_at \'diff\'' -s f -l file -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'The scene file'
complete -c layerctl -n '__layercast_layerctl_at \'export\'' -s o -l output -r -f -a '(__layercast_layerctl_files yaml yml)' -d 'Output file'
complete -c layerctl -n '__layercast_layerctl_at \'validate\'' -l files -d 'Check too that the files that the scenes read exist and can be opened'
complete -c layerctl -n '__layercast_layerctl_at \'validate\'' -l no-files -d 'Do not check the files that the scenes read'
complete -c layerctl -n '__layercast_layerctl_at \'validate\' 0 9999' -f -a '(__layercast_layerctl_files yaml yml)'
complete -c layerctl -n '__layercast_layerctl_at \'watch\'' -l stats -d 'Print the statistics of every second too'
complete -c layerctl -n '__layercast_layerctl_at \'snapshot\'' -l width -r -f -d 'Maximum width in px'
complete -c layerctl -n '__layercast_layerctl_at \'snapshot\' 0 0' -f -a '(__layercast_layerctl_files png jpg jpeg)'
complete -c layerctl -n '__layercast_layerctl_at \'config get\' 0 0' -f -a 'width height fps codec preset bitrate keyframe_interval'
complete -c layerctl -n '__layercast_layerctl_at \'config set\' 0 9999' -f -a 'width= height= fps= codec= preset= bitrate= keyframe_interval= quality='
complete -c layerctl -n '__layercast_layerctl_at \'outputs add\'' -l id -r -f -d 'Id of the output'
complete -c layerctl -n '__layercast_layerctl_at \'outputs add\'' -l codec -r -f -d 'Video codec'
complete -c layerctl -n '__layercast_layerctl_at \'outputs add\'' -l preset -r -f -d 'Encoder preset'
complete -c layerctl -n '__layercast_layerctl_at \'outputs add\'' -l bitrate -r -f -d 'Video bitrate in bits per second, such as 6M'
complete -c layerctl -n '__layercast_layerctl_at \'outputs rm\' 0 0' -f -a '(__layercast_layerctl_words outputs)'
