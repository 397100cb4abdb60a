package io.halfsecond.deploy.replay;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// Formats that are not read, known by bytes at a fixed place, and the command that turns each into
/// one that is.
enum Foreign {
  /** `LPKSHHRH`, HEADER_SIGNATURE in systemd's journal-def.h. */
  JOURNAL("a binary journal file", "journalctl -o export --file", "4c504b5348485248"),
  /** Within gzip. */
  GZIP("compressed by gzip twice", "zcat", "1f8b"),
  /** The .xz file format, section 2.1.1.1. */
  XZ("compressed by xz", "xzcat", "fd377a585a00"),
  /** What xz-utils wrote before. */
  LZMA("compressed by lzma", "xz -dc --format=lzma", "5d0000"),
  /** RFC 8878, section 3.1.1. */
  ZSTD("compressed by zstd", "zstdcat", "28b52ffd"),
  /** `BZh`; the level follows. */
  BZIP2("compressed by bzip2", "bzcat", "425a68"),
  /** LZ4 frame format. */
  LZ4("compressed by lz4", "lz4 -dc", "04224d18"),
  LZ4_LEGACY("compressed by lz4", "lz4 -dc", "02214c18"),
  /** `LZIP` */
  LZIP("compressed by lzip", "lzip -dc", "4c5a4950"),
  LZOP("compressed by lzop", "lzop -dc", "894c5a4f000d0a1a0a"),
  /** compress(1). */
  COMPRESS("compressed by compress", "zcat", "1f9d"),
  ZIP("a zip archive", "unzip -p", "504b0304"),
  SEVEN_ZIP("a 7z archive", "7z x -so", "377abcaf271c"),
  /** `ustar`, POSIX.1-1988. */
  TAR("a tar archive", "tar -xOf", "7573746172", 257);

  private final String what;
  private final String command;

  /// In hexadecimal digits.
  private final String magic;

  private final int offset;

  Foreign(String what, String command, String magic) {
    this(what, command, magic, 0);
  }

  Foreign(String what, String command, String magic, int offset) {
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
    int end = offset + magic.length() / 2;
    return head.length >= end && HexFormat.of().formatHex(head, offset, end).equals(magic);
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
}
