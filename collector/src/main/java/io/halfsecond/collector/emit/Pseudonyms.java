package io.halfsecond.collector.emit;

import io.halfsecond.schemas.auth.OwnFile;
import io.halfsecond.schemas.auth.Reloaded;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pseudonyms of user names and addresses: the first 16 hexadecimal digits of HMAC-SHA-256 under a
/// key that stays on the host. Equal names have equal pseudonyms, so that connections can be
/// grouped. Without the key a name can neither be read back nor be guessed and checked. With a key
/// that hosts share, they can be compared.
///
/// Confined to one thread.
public final class Pseudonyms {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int LEAST_BYTES = 16;
  private static final int HEX_DIGITS = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Pseudonyms.class);

  /// Empty if no pseudonyms are sent.
  private final Optional<Supplier<Mac>> key;

  /// The pseudonyms made last, by name; always empty unless they are to be remembered.
  private final Map<String, String> recent;

  private Pseudonyms(Optional<Supplier<Mac>> key, int remembered) {
    this.key = key;
    this.recent =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > remembered;
          }
        };
  }

  /// @param stateDirectory made if it is needed and missing
  /// @throws UncheckedIOException if the key cannot be made or read; the message names the file
  public static Pseudonyms open(PseudonymSettings settings, Path stateDirectory) {
    if (!settings.enabled()) {
      return off();
    }
    try {
      Files.createDirectories(stateDirectory);
      return settings.keyFile().isPresent()
          ? fromFile(settings.keyFile().get())
          : fromOwnFile(stateDirectory.resolve("pseudonym.key"));
    } catch (IOException e) {
      throw new UncheckedIOException("pseudonym key: " + e.getMessage(), e);
    }
  }

  /// No pseudonyms are sent.
  public static Pseudonyms off() {
    return new Pseudonyms(Optional.empty(), 0);
  }

  /// @param key at least 16 bytes
  public static Pseudonyms keyed(byte[] key) {
    return keyed(key, 0);
  }

  /// @param key at least 16 bytes
  /// @param remembered how many names are kept in memory with their pseudonyms: none in a collector
  public static Pseudonyms keyed(byte[] key, int remembered) {
    var mac = mac(key);
    return new Pseudonyms(Optional.of(() -> mac), remembered);
  }

  private static Mac mac(byte[] key) {
    if (key.length < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "a pseudonym key has at least %d bytes, not %d".formatted(LEAST_BYTES, key.length));
    }
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /// The bytes of the file are the key. It is read again when it has changed: whoever replaces it
  /// changes the key, and no pseudonym from before can be compared with one from after.
  ///
  /// @throws IOException if it cannot be read, others may read it, or it is shorter than 16 bytes;
  ///   the message names the file
  static Pseudonyms fromFile(Path keyFile) throws IOException {
    return reloaded(keyFile, Pseudonyms::read);
  }

  private static Pseudonyms reloaded(Path keyFile, Reloaded.Reader<Mac> reader) throws IOException {
    var mac = new Reloaded<>(keyFile, reader, InstantSource.system(), LOG::warn);
    return new Pseudonyms(Optional.of(mac), 0);
  }

  private static Mac read(Path keyFile) throws IOException {
    byte[] key = SecretFile.bytes(keyFile);
    if (key.length < LEAST_BYTES) {
      throw new IOException(
          "pseudonym key file %s has %d bytes, at least %d are needed"
              .formatted(keyFile, key.length, LEAST_BYTES));
    }
    return mac(key);
  }

  /// If there is no such file, it is created with 32 random bytes, readable by its owner only. No
  /// link is followed: the directory is this process's own.
  static Pseudonyms fromOwnFile(Path keyFile) throws IOException {
    if (Files.notExists(keyFile, LinkOption.NOFOLLOW_LINKS)) {
      create(keyFile);
    }
    return reloaded(
        keyFile,
        file -> {
          OwnFile.requireNoLink(file);
          return read(file);
        });
  }

  private static void create(Path keyFile) throws IOException {
    var key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    try {
      SecretFile.create(keyFile, key);
    } catch (FileAlreadyExistsException _) {
      // Another collector on this host has just made one.
    }
  }

  /// Empty if pseudonyms are off.
  public Optional<String> of(String clear) {
    return key.map(mac -> recent.computeIfAbsent(clear, name -> made(mac.get(), name)));
  }

  private static String made(Mac mac, String clear) {
    return HexFormat.of()
        .formatHex(mac.doFinal(clear.getBytes(StandardCharsets.UTF_8)), 0, HEX_DIGITS / 2);
  }
}
