package io.halfsecond.deploy.http;

import com.sun.net.httpserver.BasicAuthenticator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.security.crypto.bcrypt.BCrypt;

/// Who may ask: users and the bcrypt hashes of their passwords. A hash takes a tenth of a second to
/// check, and a scraper comes every few seconds, so what was right is remembered, as a digest.
final class Passwords extends BasicAuthenticator {
  private static final String REALM = "halfsecond";

  /// Of a password that nobody has: an unknown user takes as long as a wrong password.
  private static final String NOBODY = BCrypt.hashpw("nobody", BCrypt.gensalt(10));

  private final Map<String, String> hashes;
  private final Map<String, byte[]> right = new ConcurrentHashMap<>();

  Passwords(Map<String, String> hashes) {
    super(REALM, StandardCharsets.UTF_8);
    this.hashes = hashes;
  }

  @Override
  public boolean checkCredentials(String user, String password) {
    var digest = digest(user + "\0" + password);
    var known = right.get(user);
    if (known != null && MessageDigest.isEqual(known, digest)) {
      return true;
    }
    boolean same = BCrypt.checkpw(password, hashes.getOrDefault(user, NOBODY));
    if (!same || !hashes.containsKey(user)) {
      return false;
    }
    right.put(user, digest);
    return true;
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
