#!/usr/bin/python3
"""The hostile files of a soak are as hostile as their names say."""

import struct
import unittest
import zlib
from collections.abc import Iterator

import soak_media

FILE_BYTES_MAX = 1 << 20
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The type and the content of each chunk. Errors: AssertionError for a file that is no PNG."""
    if not content.startswith(SIGNATURE):
        raise AssertionError(f"{content[:8]!r} is no signature")
    at = len(SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        (check,) = struct.unpack_from(">I", content, at + 8 + length)
        if len(body) != length or check != zlib.crc32(kind + body):
            raise AssertionError(f"the chunk {kind!r} at {at} is cut or has a wrong CRC")
        yield kind, body
        at += 12 + length


def expanded_bytes(stream: bytes) -> int:
    """The length of what a whole zlib stream decompresses to."""
    decompressor, count = zlib.decompressobj(), 0
    while stream:
        count += len(decompressor.decompress(stream, 1 << 20))
        stream = decompressor.unconsumed_tail
    count += len(decompressor.flush())
    if not decompressor.eof or decompressor.unused_data:
        raise AssertionError("the stream is cut, or other bytes follow")
    return count


class PngBomb(unittest.TestCase):
    def test_has_a_small_text_that_decompresses_to_a_large_one(self) -> None:
        for text_bytes in soak_media.TEXT_BOMB_BYTES:
            with self.subTest(text_bytes):
                content = soak_media.text_bomb(text_bytes)
                self.assertLess(len(content), FILE_BYTES_MAX)
                found = list(chunks(content))
                self.assertEqual(
                    [kind for kind, _ in found], [b"IHDR", b"zTXt", b"IDAT", b"IEND"]
                )
                text = found[1][1]
                self.assertEqual(text[:9], b"Comment\0\0")
                self.assertEqual(expanded_bytes(text[9:]), text_bytes)

    def test_has_all_the_samples_that_its_header_says(self) -> None:
        content = soak_media.pixel_bomb()
        self.assertLess(len(content), FILE_BYTES_MAX)
        found = dict(chunks(content))
        width, height = struct.unpack_from(">II", found[b"IHDR"])
        self.assertEqual((width, height), (6000, 6000))
        self.assertEqual(expanded_bytes(found[b"IDAT"]), height * (1 + 4 * width))


if __name__ == "__main__":
    unittest.main()
