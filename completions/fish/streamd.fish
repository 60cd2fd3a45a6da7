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
complete -c streamd -s o -l output -r -f -a '(__layercast_streamd_files mp4 mkv webm mov flv ts m3u8 y4m rgba png jpg webp wav mp3 m4a aac flac ogg opus)' -d 'Where the stream goes, in addition to the scene\'s own outputs'
complete -c streamd -l codec -r -f -a 'h264 vp8 vp9' -d 'Video codec of outputs that name none'
complete -c streamd -l preset -r -f -a 'ultrafast superfast veryfast faster fast medium' -d 'Encoder preset of outputs that name none, from ultrafast to placebo'
complete -c streamd -l bitrate -r -f -d 'Video bitrate of outputs that name none, in bits per second, such as 6M or 2500k'
complete -c streamd -l listen -r -f -d 'Address of the dashboard, the API and the metrics'
complete -c streamd -l token-file -r -F -d 'File that holds a token, or a line ROLE NAME TOKEN for each, with the role read, operate or admin'
complete -c streamd -l allow-host -r -f -d 'Additional host name that clients may use, such as that of a reverse proxy'
complete -c streamd -l allow-source -r -f -d 'Host that clients may name in URLs of images, media and sounds although it is not public'
complete -c streamd -l assets -r -F -d 'Folder that clients may use files of'
complete -c streamd -l state -r -f -d 'State store of the live scene'
complete -c streamd -l fresh -d 'Start with the scene of the file instead of the stored one'
complete -c streamd -l follow -d 'Mirror the daemon that owns this scene, instead of owning it'
complete -c streamd -l watch -d 'Reload the file whenever it changes, as SIGHUP does'
complete -c streamd -l threads -r -f -d 'Number of compositing threads'
complete -c streamd -l duration -r -f -d 'Exit after TIME, such as 30s'
complete -c streamd -l print-config -d 'Print the effective settings as JSON and exit'
complete -c streamd -l decode -r -f -a 'helper in-process' -d 'Where images, videos, sounds and live sources are decoded'
complete -c streamd -l sandbox -r -f -a 'available required' -d 'available'
complete -c streamd -l tls-ca -r -F -d 'PEM file of the certificate authorities to trust for rtmps and https, instead of those of the system'
complete -c streamd -l insecure-tls -r -f -d 'Connect to HOST, the name or address in the URL, even if its certificate is not valid'
complete -c streamd -l log-level -r -f -a 'debug info warning error' -d 'Lowest severity shown'
complete -c streamd -l log-format -r -f -a 'text json' -d 'Format of messages on standard error'
complete -c streamd -s h -l help -d 'List the options on standard output and exit'
complete -c streamd -l version -d 'Print the version on standard output and exit'
