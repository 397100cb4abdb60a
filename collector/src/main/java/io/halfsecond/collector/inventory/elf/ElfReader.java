package io.halfsecond.collector.inventory.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads ELF files (System V ABI, gABI 4.1 chapters 4 and 5; Linux extensions in elf(5)) by their
/// program headers alone, as the loader does: section headers may be stripped, or lie.
///
/// **Guarantees** no byte of the file is believed: an offset or a length that leaves the file, or a
/// table beyond the limits here, is a [MalformedElfException], and at most [#LARGEST_TABLE] bytes
/// are held at once. An executable without a dynamic section is valid, and needs nothing.
final class ElfReader {
  /// The dynamic section of any library here has fewer than 50 entries of 16 bytes; 64 KiB hold
  /// 4,096.
  static final int LARGEST_TABLE = 1 << 16;

  /// PATH_MAX: a name that is longer cannot be opened.
  private static final int LONGEST_NAME = 4096;

  /// A build-id is 20 bytes, sometimes 16; the linker takes any number.
  private static final int LONGEST_BUILD_ID = 64;

  private static final int IDENT = 16;
  private static final byte CLASS_32 = 1;
  private static final byte CLASS_64 = 2;
  private static final byte LITTLE_ENDIAN = 1;
  private static final byte BIG_ENDIAN = 2;
  private static final int ET_EXEC = 2;
  private static final int ET_DYN = 3;

  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_NOTE = 4;

  private static final long DT_NULL = 0;
  private static final long DT_NEEDED = 1;
  private static final long DT_STRTAB = 5;
  private static final long DT_STRSZ = 10;
  private static final long DT_SONAME = 14;
  private static final long DT_RPATH = 15;
  private static final long DT_RUNPATH = 29;

  private static final int NT_GNU_BUILD_ID = 3;
  private static final int NOTE_HEADER = 12;
  private static final String GNU = "GNU\0";

  /// A program header. The units are bytes.
  private record Segment(int type, long offset, long address, long length, long alignment) {}

  private final String file;
  private final RandomAccess bytes;
  private final long size;
  private boolean wide;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  /// The bytes that names may still have, all together. Many entries may point to one long name.
  private int namesLeft = LARGEST_TABLE;

  private ElfReader(String file, RandomAccess bytes) throws IOException {
    this.file = file;
    this.bytes = bytes;
    this.size = bytes.size();
  }

  /// @param file its name, for messages
  static ElfObject read(String file, RandomAccess bytes) throws IOException {
    return new ElfReader(file, bytes).read();
  }

  private ElfObject read() throws IOException {
    var segments = segments();
    var buildId = Optional.<String>empty();
    for (var segment : segments) {
      if (segment.type() == PT_NOTE && buildId.isEmpty()) {
        buildId = buildId(segment);
      }
    }
    var soname = "";
    var needed = new ArrayList<String>();
    var rpath = List.<String>of();
    var runpath = List.<String>of();
    for (var segment : segments) {
      if (segment.type() == PT_DYNAMIC) {
        var dynamic = table("dynamic section", segment.offset(), segment.length());
        long names = -1;
        long namesLength = 0;
        var neededAt = new ArrayList<Long>();
        long sonameAt = -1;
        long rpathAt = -1;
        long runpathAt = -1;
        int word = wide ? Long.BYTES : Integer.BYTES;
        while (dynamic.remaining() >= 2 * word) {
          long tag = word(dynamic);
          long value = word(dynamic);
          if (tag == DT_NULL) {
            break;
          } else if (tag == DT_NEEDED) {
            neededAt.add(value);
          } else if (tag == DT_SONAME) {
            sonameAt = value;
          } else if (tag == DT_RPATH) {
            rpathAt = value;
          } else if (tag == DT_RUNPATH) {
            runpathAt = value;
          } else if (tag == DT_STRTAB) {
            names = value;
          } else if (tag == DT_STRSZ) {
            namesLength = value;
          }
        }
        if (sonameAt != -1 || rpathAt != -1 || runpathAt != -1 || !neededAt.isEmpty()) {
          long table = fileOffset(segments, names);
          soname = sonameAt == -1 ? "" : name(table, namesLength, sonameAt);
          for (long at : neededAt) {
            needed.add(name(table, namesLength, at));
          }
          rpath = rpathAt == -1 ? List.of() : directories(name(table, namesLength, rpathAt));
          runpath = runpathAt == -1 ? List.of() : directories(name(table, namesLength, runpathAt));
        }
        break;
      }
    }
    return new ElfObject(wide, soname, needed, rpath, runpath, buildId.orElse(""));
  }

  private static List<String> directories(String path) {
    return Stream.of(path.split(":", -1)).filter(directory -> !directory.isEmpty()).toList();
  }

  /// Elf32_Ehdr, Elf64_Ehdr and the program headers they point to.
  private List<Segment> segments() throws IOException {
    var ident = table("header", 0, IDENT);
    if (ident.get(0) != 0x7f || ident.get(1) != 'E' || ident.get(2) != 'L' || ident.get(3) != 'F') {
      throw malformed("no ELF file");
    }
    byte width = ident.get(4);
    byte endian = ident.get(5);
    if ((width != CLASS_32 && width != CLASS_64)
        || (endian != LITTLE_ENDIAN && endian != BIG_ENDIAN)) {
      throw malformed("unknown ELF class %d or byte order %d".formatted(width, endian));
    }
    wide = width == CLASS_64;
    order = endian == LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    var header = table("header", 0, wide ? 64 : 52);
    int type = Short.toUnsignedInt(header.getShort(16));
    if (type != ET_EXEC && type != ET_DYN) {
      throw malformed("ELF type %d is neither executable nor library".formatted(type));
    }
    long at = wide ? header.getLong(32) : Integer.toUnsignedLong(header.getInt(28));
    int each = Short.toUnsignedInt(header.getShort(wide ? 54 : 42));
    int count = Short.toUnsignedInt(header.getShort(wide ? 56 : 44));
    if (each < (wide ? 56 : 32)) {
      throw malformed("program headers of %d bytes".formatted(each));
    }
    var headers = table("program headers", at, (long) each * count);
    var segments = new ArrayList<Segment>();
    for (int i = 0; i < count; i++) {
      int b = i * each;
      segments.add(
          wide
              ? new Segment(
                  headers.getInt(b),
                  headers.getLong(b + 8),
                  headers.getLong(b + 16),
                  headers.getLong(b + 32),
                  headers.getLong(b + 48))
              : new Segment(
                  headers.getInt(b),
                  Integer.toUnsignedLong(headers.getInt(b + 4)),
                  Integer.toUnsignedLong(headers.getInt(b + 8)),
                  Integer.toUnsignedLong(headers.getInt(b + 16)),
                  Integer.toUnsignedLong(headers.getInt(b + 28))));
    }
    return segments;
  }

  /// Notes: length of name, length of descriptor, type, name, descriptor; the last and the next
  /// note start at multiples of the segment's alignment, 4 or 8 bytes.
  private Optional<String> buildId(Segment segment) throws IOException {
    var notes = table("notes", segment.offset(), segment.length());
    int alignment = segment.alignment() == 8 ? 8 : 4;
    long at = 0;
    while (notes.limit() - at >= NOTE_HEADER) {
      int start = (int) at;
      long nameLength = Integer.toUnsignedLong(notes.getInt(start));
      long length = Integer.toUnsignedLong(notes.getInt(start + 4));
      int type = notes.getInt(start + 8);
      long descriptor = padded(start + NOTE_HEADER + nameLength, alignment);
      if (descriptor + length > notes.limit()) {
        throw malformed("a note leaves its segment");
      }
      if (type == NT_GNU_BUILD_ID
          && nameLength == GNU.length()
          && StandardCharsets.ISO_8859_1
              .decode(notes.slice(start + NOTE_HEADER, GNU.length()))
              .toString()
              .equals(GNU)) {
        if (length > LONGEST_BUILD_ID) {
          throw malformed("a build-id of %d bytes".formatted(length));
        }
        var id = new byte[(int) length];
        notes.get((int) descriptor, id);
        return Optional.of(HexFormat.of().formatHex(id));
      }
      at = padded(descriptor + length, alignment);
    }
    return Optional.empty();
  }

  private static long padded(long length, int alignment) {
    return (length + alignment - 1) & -alignment;
  }

  /// The dynamic section speaks of addresses; the loadable segment around one tells where in the
  /// file it is.
  private long fileOffset(List<Segment> segments, long address) throws MalformedElfException {
    for (var segment : segments) {
      long within = address - segment.address();
      if (segment.type() == PT_LOAD && within >= 0 && within < segment.length()) {
        return segment.offset() + within;
      }
    }
    throw malformed("its string table at address %#x is in no segment".formatted(address));
  }

  private String name(long table, long tableLength, long at) throws IOException {
    if (at < 0 || at >= tableLength) {
      throw malformed(
          "a name at %d leaves the string table of %d bytes".formatted(at, tableLength));
    }
    long start = table + at;
    var text =
        table(
            "string table",
            start,
            Math.min(Math.min(LONGEST_NAME, tableLength - at), size - start));
    for (int i = 0; i < text.limit(); i++) {
      if (text.get(i) == 0) {
        namesLeft -= i;
        if (namesLeft < 0) {
          throw malformed("its names have more than %d bytes together".formatted(LARGEST_TABLE));
        }
        return StandardCharsets.UTF_8.decode(text.limit(i)).toString();
      }
    }
    throw malformed("a name at %d does not end".formatted(at));
  }

  private ByteBuffer table(String what, long offset, long length) throws IOException {
    if (offset < 0 || length < 0 || length > LARGEST_TABLE || offset > size - length) {
      throw malformed(
          "%s of %d bytes at %d: the file has %d, and %d are read at most"
              .formatted(what, length, offset, size, LARGEST_TABLE));
    }
    var buffer = ByteBuffer.allocate((int) length).order(order);
    bytes.read(offset, buffer);
    if (buffer.hasRemaining()) {
      throw malformed(what + ": the file has become shorter");
    }
    return buffer.flip();
  }

  private long word(ByteBuffer buffer) {
    return wide ? buffer.getLong() : Integer.toUnsignedLong(buffer.getInt());
  }

  private MalformedElfException malformed(String fault) {
    return new MalformedElfException(file, fault);
  }
}
