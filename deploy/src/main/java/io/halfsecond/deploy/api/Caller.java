package io.halfsecond.deploy.api;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import io.github.bucket4j.Bucket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// Lets in who sends the token (RFC 6750, `Authorization: Bearer …`). Wrong ones are answered
/// seldom, so that nobody finds the token by trying.
final class Caller extends Authenticator {
  private static final String SCHEME = "Bearer ";
  private static final long WRONG_A_SECOND = 20;

  private final byte[] token;

  private final Bucket wrong = Limits.perSecond(WRONG_A_SECOND);

  Caller(String token) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Result authenticate(HttpExchange exchange) {
    var sent = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    if (sent.filter(this::isRight).isPresent()) {
      return new Success(new HttpPrincipal("token", "halfsecond"));
    }
    if (!wrong.tryConsume(1)) {
      exchange.getResponseHeaders().set("Retry-After", "1");
      return new Failure(429);
    }
    exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"halfsecond\"");
    return new Failure(401);
  }

  private boolean isRight(String header) {
    return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            token, header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
