package io.halfsecond.collector.emit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Stand-ins for user names and addresses: the first 16 hexadecimal digits of HMAC-SHA-256 under a
/// key that stays on the host. Equal names have equal stand-ins, so that connections can be
/// grouped; without the key a name can neither be read back nor guessed and checked. With a key
/// shared by a fleet, hosts can be compared.
///
/// Confined to one thread.
public final class Pseudonyms {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int HEX_DIGITS = 16;

  private final @Nullable Mac mac;

  private Pseudonyms(@Nullable Mac mac) {
    this.mac = mac;
  }

  /// Names and addresses are left out altogether.
  public static Pseudonyms off() {
    return new Pseudonyms(null);
  }

  /// @param key at least 16 bytes
  public static Pseudonyms keyed(byte[] key) {
    if (key.length < 16) {
      throw new IllegalArgumentException(
          "a pseudonym key has at least 16 bytes, not " + key.length);
    }
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return new Pseudonyms(mac);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /// With the key in a file that exists, its bytes taken as they are.
  ///
  /// @throws IOException if it cannot be read or is shorter than 16 bytes; the message names the
  ///   file
  public static Pseudonyms fromFile(Path keyFile) throws IOException {
    byte[] key = Files.readAllBytes(keyFile);
    if (key.length < 16) {
      throw new IOException(
          "pseudonym key file %s has %d bytes, at least 16 are needed"
              .formatted(keyFile, key.length));
    }
    return keyed(key);
  }

  /// With the key in a file that is made, with 32 random bytes and readable by its owner alone, if
  /// there is none.
  public static Pseudonyms fromOwnFile(Path keyFile) throws IOException {
    if (!Files.exists(keyFile)) {
      create(keyFile);
    }
    return fromFile(keyFile);
  }

  private static void create(Path keyFile) throws IOException {
    var key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var file =
        FileChannel.open(
            keyFile,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly)) {
      var bytes = ByteBuffer.wrap(key);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    } catch (FileAlreadyExistsException _) {
      // Another collector on this host was quicker: its key is as good.
    }
  }

  /// The stand-in; empty if they are switched off.
  public Optional<String> of(String clear) {
    return mac == null
        ? Optional.empty()
        : Optional.of(
            HexFormat.of()
                .formatHex(mac.doFinal(clear.getBytes(StandardCharsets.UTF_8)))
                .substring(0, HEX_DIGITS));
  }
}
