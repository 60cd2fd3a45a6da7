# fish completion for render-frames(1)
# Written by `tools/dev docs` from the tool's table of options: change that, not this.

# Offers folders and the files that end in one of the named extensions.
function __layercast_render_frames_files
    set -l written (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l endings (string join '|' -- $argv)
    __fish_complete_path "$written" | string match -r -- "^[^\t]*(?:/|\.(?:$endings))(?:\t.*)?\$"
end

complete -c render-frames -f
complete -c render-frames -f -a '(__layercast_render_frames_files yaml yml)'
complete -c render-frames -s o -l output -r -f -a '(__layercast_render_frames_files mp4 mkv webm mov flv ts m3u8 y4m rgba png jpg webp wav mp3 m4a aac flac ogg opus)' -d 'Where frames go'
complete -c render-frames -l format -r -f -a 'rgba y4m png jpg webp gif avif mp4 mkv webm null' -d 'Format of the output'
complete -c render-frames -l keep-going -d 'Draw an error picture for content that cannot be loaded, instead of stopping'
complete -c render-frames -l verify -d 'Compose every frame again with the reference compositor, and abort if a byte differs'
complete -c render-frames -l stats -r -F -d 'Write statistics as JSON to FILE'
complete -c render-frames -l frames -r -f -d 'Render the frames from A up to B, without B'
complete -c render-frames -l at -r -f -d 'Render the one frame that is shown at TIME, such as 2.5s'
complete -c render-frames -l shard -r -f -d 'Render the I-th of N equal parts of the frames'
complete -c render-frames -l size -r -f -d 'Size of the frames in px'
complete -c render-frames -l fps -r -f -d 'Frames per second, such as 30 or 30000/1001'
complete -c render-frames -l clock -r -f -d 'Time that {{clock}} shows at frame 0'
complete -c render-frames -l threads -r -f -d 'Number of rendering threads'
complete -c render-frames -l codec -r -f -a 'h264 h265 vp8 vp9 av1' -d 'Video codec'
complete -c render-frames -l preset -r -f -a 'ultrafast superfast veryfast faster fast medium slow slower veryslow placebo' -d 'Encoder preset'
complete -c render-frames -l bitrate -r -f -d 'Video bitrate in bits per second, such as 6M or 2500k'
complete -c render-frames -l crf -r -f -d 'Constant quality on the encoder\'s own scale'
complete -c render-frames -l gop -r -f -d 'Maximum number of frames from one keyframe to the next'
complete -c render-frames -l pixel-format -r -f -a 'yuv420p yuv422p yuv444p nv12' -d 'Pixel format of the encoded video'
complete -c render-frames -l audio -r -f -a '(__layercast_render_frames_files mp4 mkv webm mov flv ts m3u8 y4m rgba png jpg webp wav mp3 m4a aac flac ogg opus)' -d 'Audio file for the video, cut or padded with silence to its length'
complete -c render-frames -l audio-codec -r -f -a 'aac opus flac pcm' -d 'Audio codec'
complete -c render-frames -l no-audio -d 'Write no audio track'
complete -c render-frames -l decode -r -f -a 'helper in-process' -d 'Where images, videos, sounds and live sources are decoded'
complete -c render-frames -l sandbox -r -f -a 'available required' -d 'available'
complete -c render-frames -l tls-ca -r -F -d 'PEM file of the certificate authorities to trust for rtmps and https, instead of those of the system'
complete -c render-frames -l insecure-tls -r -f -d 'Connect to HOST, the name or address in the URL, even if its certificate is not valid'
complete -c render-frames -l log-level -r -f -a 'debug info warning error' -d 'Lowest severity shown'
complete -c render-frames -l log-format -r -f -a 'text json' -d 'Format of messages on standard error'
complete -c render-frames -s h -l help -d 'List the options on standard output and exit'
complete -c render-frames -l version -d 'Print the version on standard output and exit'
