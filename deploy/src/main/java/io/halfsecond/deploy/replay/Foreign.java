package io.halfsecond.deploy.replay;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// Formats that are not read, known by bytes at a fixed place, and the command that turns each into
/// one that is.
enum Foreign {
  /** HEADER_SIGNATURE in systemd's journal-def.h. */
  JOURNAL("a binary journal file", "journalctl -o export --file", ascii("LPKSHHRH")),
  /** Within gzip. */
  GZIP("compressed by gzip twice", "zcat", hex("1f8b")),
  /** The .xz file format, section 2.1.1.1. */
  XZ("compressed by xz", "xzcat", hex("fd377a585a00")),
  /** What xz-utils wrote before. */
  LZMA("compressed by lzma", "xz -dc --format=lzma", hex("5d0000")),
  /** RFC 8878, section 3.1.1. */
  ZSTD("compressed by zstd", "zstdcat", hex("28b52ffd")),
  /** The level follows. */
  BZIP2("compressed by bzip2", "bzcat", ascii("BZh")),
  /** LZ4 frame format. */
  LZ4("compressed by lz4", "lz4 -dc", hex("04224d18")),
  LZ4_LEGACY("compressed by lz4", "lz4 -dc", hex("02214c18")),
  LZIP("compressed by lzip", "lzip -dc", ascii("LZIP")),
  LZOP("compressed by lzop", "lzop -dc", hex("894c5a4f000d0a1a0a")),
  /** compress(1). */
  COMPRESS("compressed by compress", "zcat", hex("1f9d")),
  ZIP("a zip archive", "unzip -p", hex("504b0304")),
  SEVEN_ZIP("a 7z archive", "7z x -so", hex("377abcaf271c")),
  /** POSIX.1-1988, ustar. */
  TAR("a tar archive", "tar -xOf", ascii("ustar"), 257);

  private final String what;
  private final String command;
  private final byte[] magic;
  private final int offset;

  Foreign(String what, String command, byte[] magic) {
    this(what, command, magic, 0);
  }

  Foreign(String what, String command, byte[] magic, int offset) {
    this.what = what;
    this.command = command;
    this.magic = magic;
    this.offset = offset;
  }

  /// @param head the beginning of an input
  static Optional<Foreign> of(byte[] head) {
    return Arrays.stream(values()).filter(each -> each.begins(head)).findFirst();
  }

  private boolean begins(byte[] head) {
    int end = offset + magic.length;
    return head.length >= end && Arrays.equals(head, offset, end, magic, 0, magic.length);
  }

  /// What the input is, and how it can be read.
  String advice(String name) {
    return "is %s; read it with: %s %s | halfsecond replay -"
        .formatted(what, command, name.equals(Input.STANDARD_INPUT) ? "FILE" : quoted(name));
  }

  /// As a word of a shell.
  private static String quoted(String name) {
    boolean plain =
        name.chars()
            .allMatch(
                c -> (c < 128 && Character.isLetterOrDigit(c)) || "._/+-:,@%".indexOf(c) >= 0);
    return plain && !name.isEmpty() ? name : "'" + name.replace("'", "'\\''") + "'";
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
