package io.halfsecond.deploy.api;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.github.bucket4j.Bucket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// Lets in who sends the token (RFC 6750, `Authorization: Bearer …`). Wrong ones are answered
/// seldom, so that nobody finds the token by trying.
///
/// A filter and no `Authenticator`, whose refusals have no body.
final class Caller extends Filter {
  private static final String SCHEME = "Bearer ";
  private static final String CHALLENGE = "Bearer realm=\"halfsecond\"";
  private static final long WRONG_A_SECOND = 20;

  private final byte[] token;

  private final Bucket wrong = Limits.perSecond(WRONG_A_SECOND);

  Caller(String token) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    var sent = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    if (sent.filter(this::isRight).isPresent()) {
      chain.doFilter(exchange);
    } else if (!wrong.tryConsume(1)) {
      Problem.send(
          exchange,
          429,
          "more than %d questions a second without the token".formatted(WRONG_A_SECOND));
    } else if (sent.isPresent()) {
      refuse(
          exchange, ", error=\"invalid_token\"", "the token in the header Authorization is wrong");
    } else {
      refuse(exchange, "", "there is no token in the header Authorization");
    }
  }

  private static void refuse(HttpExchange exchange, String error, String why) throws IOException {
    exchange.getResponseHeaders().set("WWW-Authenticate", CHALLENGE + error);
    Problem.send(
        exchange,
        401,
        why + "; send 'Authorization: Bearer ' and what is in the file that api.token-file names");
  }

  @Override
  public String description() {
    return "lets in who sends the token";
  }

  private boolean isRight(String header) {
    return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            token, header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
