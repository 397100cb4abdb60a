package io.halfsecond.deploy.api;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// A name as a part of a path (RFC 3986): a plus sign is one, other than in the query of a form.
final class PathSegment {
  private PathSegment() {}

  static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// @throws IllegalArgumentException if it is not encoded as it should be
  static String decoded(String segment) {
    return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
