package io.halfsecond.schemas.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.Names;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/// The secrets that the keys of all hosts and deciders are derived from, by id, the newest first.
///
/// One line of their file is an id and 32 bytes or more in Base64. Several may be valid at a time,
/// so that hosts get keys from a new one while those from the old one still count.
///
/// A key is HKDF-SHA-256 (RFC 5869) of the secret. Its info is the role and the name, each behind
/// its length: without lengths `ab` + `c` would give the key of `a` + `bc`.
public final class FleetSecrets {
  /// The output of the hash: a longer secret adds nothing, a shorter one could be guessed.
  static final int LEAST_BYTES = 32;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final byte[] SALT = "halfsecond".getBytes(UTF_8);
  private static final int KEY_BYTES = 32;

  private final SequencedMap<String, byte[]> secrets;

  private FleetSecrets(SequencedMap<String, byte[]> secrets) {
    this.secrets = secrets;
  }

  /// @throws IOException if the file cannot be read, others may read it, or it is not such a file;
  ///   the message names the file and line, never a secret
  public static FleetSecrets read(Path file) throws IOException {
    var secrets = new LinkedHashMap<String, byte[]>();
    int number = 0;
    for (var line : SecretFile.text(file).lines().toList()) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        var where = "%s:%d".formatted(file, number);
        var words = line.strip().split("\\s+", -1);
        if (words.length != 2 || !ID.matcher(words[0]).matches()) {
          throw new IOException(
              where + ": a line must be an id and a secret; see halfsecond enroll --new-secret");
        }
        if (secrets.putIfAbsent(words[0], secret(where, words[1])) != null) {
          throw new IOException("%s: the id %s is there twice".formatted(where, words[0]));
        }
      }
    }
    if (secrets.isEmpty()) {
      throw new IOException(file + " has no secret; halfsecond enroll --new-secret adds one");
    }
    return new FleetSecrets(secrets);
  }

  private static byte[] secret(String where, String base64) throws IOException {
    byte[] secret;
    try {
      secret = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      // Its message quotes the secret.
      throw new IOException(where + ": the secret is not Base64");
    }
    if (secret.length < LEAST_BYTES) {
      throw new IOException(
          "%s: the secret has %d bytes, at least %d are needed"
              .formatted(where, secret.length, LEAST_BYTES));
    }
    return secret;
  }

  /// Puts a new secret of 32 random bytes before those in the file, which is made if it is missing.
  ///
  /// @param today the first part of the new id
  /// @return the new id
  /// @throws IOException as [#read], or if the file cannot be written
  public static String addTo(Path file, LocalDate today, SecureRandom random) throws IOException {
    var lines = new ArrayList<String>();
    if (Files.exists(file)) {
      read(file);
      lines.addAll(SecretFile.text(file).lines().toList());
    }
    var salt = new byte[2];
    random.nextBytes(salt);
    var id = today + "-" + HexFormat.of().formatHex(salt);
    var secret = new byte[LEAST_BYTES];
    random.nextBytes(secret);
    lines.addFirst(id + " " + Base64.getEncoder().encodeToString(secret));
    SecretFile.replace(file, (String.join("\n", lines) + "\n").getBytes(UTF_8));
    return id;
  }

  /// The ids, the newest first.
  public List<String> ids() {
    return List.copyOf(secrets.sequencedKeySet());
  }

  /// A key under the newest secret.
  ///
  /// @param name of the host or decider
  public AuthenticationKey issue(Role role, String name) {
    return derive(role, name, secrets.firstEntry());
  }

  /// The key under the secret with this id; empty if there is no such secret.
  Optional<AuthenticationKey> key(String id, Role role, String name) {
    return Optional.ofNullable(secrets.get(id))
        .map(secret -> derive(role, name, Map.entry(id, secret)));
  }

  private static AuthenticationKey derive(
      Role role, String name, Map.Entry<String, byte[]> secret) {
    Names.requireHost(role.label(), name);
    try {
      var parameters =
          HKDFParameterSpec.ofExtract()
              .addIKM(secret.getValue())
              .addSalt(SALT)
              .thenExpand(lengthPrefixed(role.label(), name), KEY_BYTES);
      return new AuthenticationKey(
          role, name, secret.getKey(), KDF.getInstance("HKDF-SHA256").deriveData(parameters));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java 25 has HKDF-SHA256", e);
    }
  }

  private static byte[] lengthPrefixed(String... parts) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      for (var part : parts) {
        out.writeInt(part.getBytes(UTF_8).length);
        out.write(part.getBytes(UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// The ids only.
  @Override
  public String toString() {
    return "FleetSecrets" + ids();
  }
}
