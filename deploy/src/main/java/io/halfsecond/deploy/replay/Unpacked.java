package io.halfsecond.deploy.replay;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// The content of an input, decompressed if it is compressed by gzip. A gzip file may have several
/// members. If one is damaged, the content ends there and [#damage] says so.
final class Unpacked extends BufferedInputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  /// RFC 1952, section 2.3.1.
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  private final Optional<Gzip> gzip;

  private Unpacked(InputStream in, Optional<Gzip> gzip) {
    super(in, BUFFER_BYTES);
    this.gzip = gzip;
  }

  static Unpacked of(InputStream raw) throws IOException {
    var packed = new BufferedInputStream(raw, BUFFER_BYTES);
    packed.mark(GZIP.length);
    boolean compressed = Arrays.equals(packed.readNBytes(GZIP.length), GZIP);
    packed.reset();
    if (!compressed) {
      return new Unpacked(packed, Optional.empty());
    }
    var gzip = new Gzip(packed);
    return new Unpacked(gzip, Optional.of(gzip));
  }

  /// What is wrong with a gzip file that could not be read to its end.
  Optional<String> damage() {
    return gzip.flatMap(in -> in.damage);
  }

  private static final class Gzip extends InputStream {
    private final InputStream packed;
    private Optional<Members> members = Optional.empty();
    private Optional<String> damage = Optional.empty();

    private Gzip(InputStream packed) {
      this.packed = packed;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (damage.isPresent()) {
        return -1;
      }
      try {
        if (members.isEmpty()) {
          members = Optional.of(new Members(packed));
        }
        int count = members.get().read(bytes, offset, length);
        if (count < 0 && members.get().hasRubbish()) {
          damage = Optional.of("has other data after the end of its gzip data, which is left out");
        }
        return count;
      } catch (EOFException _) {
        damage = Optional.of("is a gzip file that is cut short; judged up to the cut");
      } catch (ZipException e) {
        damage =
            Optional.of(
                "is a damaged gzip file (%s); judged up to there".formatted(e.getMessage()));
      }
      return -1;
    }

    @Override
    public void close() throws IOException {
      packed.close();
    }
  }

  private static final class Members extends GZIPInputStream {
    private Members(InputStream packed) throws IOException {
      super(packed, BUFFER_BYTES);
    }

    /// GZIPInputStream ends without an exception where it looks for another member and finds
    /// something else. Then what it has read there is in the checksum, which is zero at a true end.
    private boolean hasRubbish() {
      return crc.getValue() != 0;
    }
  }
}
