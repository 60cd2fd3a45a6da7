# fish completion for streamd(1)
# Written by `tools/dev docs` from the tool's table of options: change that, not this.

# Offers folders and the files that end in one of the named extensions.
function __layercast_streamd_files
    set -l written (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l endings (string join '|' -- $argv)
    __fish_complete_path "$written" | string match -r -- "^[^\t]*(?:/|\.(?:$endings))(?:\t.*)?\$"
end

complete -c streamd -f
complete -c streamd -f -a '(__layercast_streamd_files yaml yml)'
complete -c streamd -s o -l output -r -f -a '(__layercast_streamd_files mp4 mkv webm mov flv ts m3u8 y4m rgba png jpg webp wav mp3 m4a aac flac ogg opus)' -d 'Where the stream goes, besides the scene\'s own outputs'
complete -c streamd -l codec -r -f -a 'h264 vp8 vp9' -d 'Video codec where an output names none'
complete -c streamd -l preset -r -f -a 'ultrafast superfast veryfast faster fast medium' -d 'Speed of the encoder where an output names none, from ultrafast to placebo'
complete -c streamd -l bitrate -r -f -d 'Bits per second where an output names none, such as 6M or 2500k'
complete -c streamd -l listen -r -f -d 'Address of the page, the API and the metrics'
complete -c streamd -l token-file -r -F -d 'File with the token that every client must show'
complete -c streamd -l allow-host -r -f -d 'A host name under which clients may reach the address, such as that of a proxy in front'
complete -c streamd -l assets -r -F -d 'Folder whose files clients may show'
complete -c streamd -l state -r -f -d 'Where the live scene is kept'
complete -c streamd -l fresh -d 'Begin with the scene as it stands in the file, not as it was left'
complete -c streamd -l follow -d 'Mirror the daemon that keeps this scene, instead of keeping it'
complete -c streamd -l watch -d 'Make the live scene equal the file whenever the file changes, as SIGHUP does'
complete -c streamd -l threads -r -f -d 'Threads that compose'
complete -c streamd -l duration -r -f -d 'End by itself after TIME, such as 30s'
complete -c streamd -l print-config -d 'Print the settings in effect as JSON, and exit'
complete -c streamd -l log-level -r -f -a 'debug info warning error' -d 'Least severe messages shown'
complete -c streamd -l log-format -r -f -a 'text json' -d 'How messages are written on stderr'
complete -c streamd -s h -l help -d 'List the options on standard output and exit'
complete -c streamd -l version -d 'Print the version on standard output and exit'
