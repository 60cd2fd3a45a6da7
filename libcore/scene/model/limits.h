#pragma once

#include <chrono>
#include <cstdint>

namespace layercast::scene {

/// The one table of bounds: the validator rejects values outside of them, and the JSON Schema and
/// the manual page print them.
namespace limits {

/// Both ends are included.
struct Range {
  double min;
  double max;
};

inline constexpr int64_t kSceneBytesMax = 4 << 20;  ///< of a scene file
inline constexpr int kSceneNodesMax = 200'000;      ///< values in a scene file, aliases expanded
inline constexpr int kSceneDepthMax = 32;           ///< nesting in a scene file
inline constexpr int kFaultsMax = 100;              ///< reported for one file
inline constexpr int kNameLengthMax = 63;           ///< of a scene name or a layer id
inline constexpr int kTextLengthMax = 10'000;       ///< bytes of one text
inline constexpr int kPathLengthMax = 4096;         ///< bytes of a path or URL
inline constexpr int kInlineSvgMax = 1 << 20;       ///< bytes of an inline SVG or path data
inline constexpr int kLayersMax = 1000;
inline constexpr int kAnimationsMax = 64;  ///< of one layer
inline constexpr int kExitingMax = 100;    ///< removed layers whose exit plays
inline constexpr int kKeyframesMax = 256;
inline constexpr int kPointsMax = 4096;  ///< of one shape
inline constexpr int kFontsMax = 64;
inline constexpr int kOutputsMax = 16;
inline constexpr int kMetadataMax = 32;
inline constexpr int kGradientStopsMax = 64;

inline constexpr int kAudioMax = 64;
inline constexpr int kFiltersMax = 16;  ///< of one layer
inline constexpr int kCharacterAnimationsMax = 32;
inline constexpr int kMessagesMax = 200;       ///< of one chat
inline constexpr int kMessageLengthMax = 500;  ///< bytes of one chat message
inline constexpr int kAuthorLengthMax = 100;   ///< bytes

/// Of all parts of a scene together: SceneTotals counts them.
/// JSON bytes of the document that clients read and write: less than a request body and the queue
/// of a subscriber hold (4 MiB).
inline constexpr int64_t kDocumentBytesMax = 3'670'016;
/// Pixels times passes of one frame, as frame_work() estimates them.
inline constexpr int64_t kFrameWorkMax = 4'000'000'000;
inline constexpr int kSceneAnimationsMax = 5000;
inline constexpr int kSceneKeyframesMax = 20'000;
inline constexpr int kVideosMax = 128;  ///< that may play at once
inline constexpr int kLiveSourcesMax = 64;
inline constexpr int kLiveSourcesOfHostMax = 32;
/// Threads of contents, sounds and outputs, as threads_of() counts them.
inline constexpr int kThreadsMax = 512;
/// Those of one output: one that sends, one that encodes, and at most 12 of the encoder's library.
inline constexpr int kThreadsOfOutput = 14;

inline constexpr Range kCanvasSide{16, 7680};
inline constexpr Range kFrameRate{1, 240};
inline constexpr int kFrameRateDenominatorMax = 1001;
inline constexpr Range kLayerSide{1, 16384};
inline constexpr Range kPosition{-100'000, 100'000};
inline constexpr Range kPercent{-1000, 1000};    ///< of a position, of the parent
inline constexpr Range kPercentOfSide{0, 1000};  ///< of a size, of the parent
inline constexpr Range kScale{-1000, 1000};
inline constexpr Range kRotation{-1'000'000, 1'000'000};
inline constexpr Range kAnchor{-10, 10};
inline constexpr Range kZIndex{-1'000'000, 1'000'000};
inline constexpr Range kUnit{0, 1};
inline constexpr Range kLength{0, 16384};  ///< radii, widths, paddings, px
inline constexpr Range kBlur{0, 250};
inline constexpr Range kFilterFactor{0, 100};  ///< brightness, contrast, saturate
inline constexpr Range kPlaybackRate{0.0625, 16};
inline constexpr Range kVolume{0, 10};
inline constexpr Range kLevel{-120, 0};  ///< dBFS
inline constexpr Range kMeterBands{1, 256};
inline constexpr Range kSmoothingSeconds{0, 2};
inline constexpr Range kHoldSeconds{0, 10};
inline constexpr Range kSpriteCells{1, 4096};
inline constexpr Range kFontSize{1, 2000};
inline constexpr Range kFontWeight{1, 1000};
inline constexpr Range kLineHeight{0.1, 10};
inline constexpr Range kLetterSpacing{-200, 1000};
inline constexpr Range kLines{1, 1000};
inline constexpr Range kIterations{0, 1e9};
inline constexpr Range kScrollSpeed{0.01, 100'000};  ///< px per second
inline constexpr Range kExitSeconds{0, 600};         ///< how long an exit may take
inline constexpr Range kCount{-1e15, 1e15};          ///< the ends of a {{count}}
inline constexpr Range kCountSeconds{0, 86'400};
inline constexpr Range kBitrate{1000, 1e9};
inline constexpr Range kFileSize{10'000, 1e15};  ///< at which a recording is rotated
inline constexpr Range kRotateSeconds{0.1, 1e7};
inline constexpr Range kKeyframeSeconds{0.1, 60};
inline constexpr int kBatchCommandsMax = 1000;
inline constexpr int kScheduledMax = 1000;  ///< scheduled commands

inline constexpr int64_t kImageFileBytesMax = int64_t{256} << 20;
inline constexpr int64_t kImagePixelsMax = 100'000'000;  ///< decoded, all pages
inline constexpr int kImageSideMax = 32768;
inline constexpr int kAnimatedPicturesMax = 10'000;               ///< of one animated source
inline constexpr int64_t kAnimatedPixelsMax = 2'000'000'000;      ///< of all its pictures
inline constexpr int64_t kAnimatedBytesMax = int64_t{256} << 20;  ///< of decoded pictures kept
inline constexpr int kPictureSideMax = 16384;                     ///< rasterised content
inline constexpr int64_t kPicturePixelsMax = 134'217'728;
inline constexpr int64_t kSvgFileBytesMax = 4 << 20;
/// Memory of the pictures of all contents of a live scene; a quarter of the machine's if that is
/// less.
inline constexpr int64_t kContentBytesMax = int64_t{2} << 30;
/// Large animations that are decoded while they play, each by a thread.
inline constexpr int kStreamedAnimationsMax = 64;
/// Memory of all of them: files, decoders, and pictures decoded ahead. At most half of what the
/// pictures of all contents may use.
inline constexpr int64_t kStreamedBytesMax = int64_t{1} << 30;
/// How long the pictures of an animation are decoded before it plays. One that takes longer is
/// decoded while it plays.
inline constexpr std::chrono::seconds kKeepPatience{5};
/// An image from a URL: its size, and the time in which it must have arrived.
inline constexpr int64_t kWebPictureBytesMax = 32 << 20;
inline constexpr std::chrono::seconds kWebPicturePatience{10};
/// How long it is used again without asking the server, as when its layer is scaled.
inline constexpr std::chrono::seconds kWebPictureKept{60};
/// The process that decodes an image, a picture of an animation or an SVG: how long it may take,
/// and the memory that it may use.
inline constexpr std::chrono::seconds kDecodePatience{30};
inline constexpr std::chrono::seconds kDecodeCpu{10};
inline constexpr int64_t kDecodeImageMemory = int64_t{2560} << 20;
inline constexpr int64_t kDecodeSvgMemory = int64_t{1} << 30;

}  // namespace limits
}  // namespace layercast::scene
