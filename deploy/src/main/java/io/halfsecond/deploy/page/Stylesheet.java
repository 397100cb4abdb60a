package io.halfsecond.deploy.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The style of the page, and the policy under which a browser shows it: nothing but this style.
public final class Stylesheet {
  static final String TEXT =
      """
      :root { color-scheme: light dark; --line: #8884; --quiet: #777; --bad: #c4162a; --now: #3274d9; }
      body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 0 1.2rem 3rem; }
      header { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
      h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; }
      h3 { font-size: 1rem; margin: 0; } header span, .quiet { color: var(--quiet); }
      article { border-left: 4px solid #e0b400; background: #8881; margin: .6rem 0; padding: .6rem .9rem; }
      article.confirmed { border-color: var(--bad); } article p { margin: .3rem 0; overflow-wrap: anywhere; }
      .tags { color: var(--quiet); } .bad { color: var(--bad); font-weight: 600; }
      table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; }
      th, td { padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
      td, th { white-space: nowrap; width: 1%; }
      td:last-child, th:last-child { white-space: normal; width: auto; overflow-wrap: anywhere; } svg { display: block; min-width: 160px; max-width: 100%; }
      .axis { stroke: var(--line); } .band { fill: #8886; } .usual { stroke: #888; stroke-width: 2; }
      line.now { stroke: var(--now); stroke-width: 3; } circle.now { fill: var(--now); }
      line.out { stroke: var(--bad); } circle.out { fill: var(--bad); }
      """;

  /// As the value of the header Content-Security-Policy (w3.org/TR/CSP3).
  public static final String POLICY =
      "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
          .formatted(sha256(TEXT));

  private Stylesheet() {}

  private static String sha256(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
