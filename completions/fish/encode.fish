# fish completion for encode(1)
# Written by `tools/dev docs` from the tool's table of options: change that, not this.

# Offers folders and the files that end in one of the named extensions.
function __layercast_encode_files
    set -l written (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l endings (string join '|' -- $argv)
    __fish_complete_path "$written" | string match -r -- "^[^\t]*(?:/|\.(?:$endings))(?:\t.*)?\$"
end

complete -c encode -f
complete -c encode -s i -l input -r -F -d 'The frames'
complete -c encode -l scene -r -f -a '(__layercast_encode_files yaml yml)' -d 'Scene file that the frames were rendered from'
complete -c encode -l size -r -f -d 'Size of raw frames in px, such as 1920x1080'
complete -c encode -l fps -r -f -d 'Frames per second, such as 30 or 30000/1001'
complete -c encode -l threads -r -f -d 'Number of threads for colour conversion'
complete -c encode -s o -l output -r -f -a '(__layercast_encode_files mp4 mkv webm mov flv ts m3u8 y4m rgba png jpg webp wav mp3 m4a aac flac ogg opus)' -d 'Where the video goes'
complete -c encode -l format -r -f -a 'mp4 mkv webm flv ts mov m3u8' -d 'Container of every output'
complete -c encode -l codec -r -f -a 'h264 h265 vp8 vp9 av1' -d 'Video codec'
complete -c encode -l preset -r -f -a 'ultrafast superfast veryfast faster fast medium slow slower veryslow placebo' -d 'Encoder preset'
complete -c encode -l bitrate -r -f -d 'Video bitrate in bits per second, such as 6M or 2500k'
complete -c encode -l crf -r -f -d 'Constant quality on the encoder\'s own scale'
complete -c encode -l gop -r -f -d 'Maximum number of frames from one keyframe to the next'
complete -c encode -l pixel-format -r -f -a 'yuv420p yuv422p yuv444p nv12' -d 'Pixel format of the encoded video'
complete -c encode -l audio -r -f -a '(__layercast_encode_files mp4 mkv webm mov flv ts m3u8 y4m rgba png jpg webp wav mp3 m4a aac flac ogg opus)' -d 'Audio file for the video, cut or padded with silence to its length'
complete -c encode -l audio-codec -r -f -a 'aac opus flac pcm' -d 'Audio codec'
complete -c encode -l no-audio -d 'Write no audio track'
complete -c encode -l decode -r -f -a 'helper in-process' -d 'Where images, videos, sounds and live sources are decoded'
complete -c encode -l sandbox -r -f -a 'available required' -d 'available'
complete -c encode -l tls-ca -r -F -d 'PEM file of the certificate authorities to trust for rtmps and https, instead of those of the system'
complete -c encode -l insecure-tls -r -f -d 'Connect to HOST, the name or address in the URL, even if its certificate is not valid'
complete -c encode -l log-level -r -f -a 'debug info warning error' -d 'Lowest severity shown'
complete -c encode -l log-format -r -f -a 'text json' -d 'Format of messages on standard error'
complete -c encode -s h -l help -d 'List the options on standard output and exit'
complete -c encode -l version -d 'Print the version on standard output and exit'
