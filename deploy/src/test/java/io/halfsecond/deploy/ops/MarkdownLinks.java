package io.halfsecond.deploy.ops;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/// Finds the broken links of a directory's Markdown files, `target` directories left out.
///
/// **Guarantees** every link, image and reference with a relative target is checked: the file is
/// there, inside the directory, and a Markdown file has the heading of the anchor, named as GitHub
/// names it. Links with a scheme or a host are not checked.
final class MarkdownLinks {

  private static final Parser PARSER =
      Parser.builder().includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES).build();
  private static final Pattern HTML_ANCHOR = Pattern.compile("\\b(?:id|name)=\"([^\"]+)\"");
  private static final Pattern HTML_TARGET = Pattern.compile("\\b(?:href|src)=\"([^\"]+)\"");

  private final Path root;
  private final Map<Path, Page> pages;

  private MarkdownLinks(Path root, Map<Path, Page> pages) {
    this.root = root;
    this.pages = pages;
  }

  /// Each broken link as `file:line: target`, by file and line.
  static List<String> broken(Path directory) throws IOException {
    var root = directory.toRealPath();
    var links = new MarkdownLinks(root, pages(root));
    return links.pages.entrySet().stream()
        .flatMap(
            page ->
                page.getValue().targets.stream()
                    .filter(target -> !links.leadsSomewhere(page.getKey(), target.text()))
                    .map(target -> root.relativize(page.getKey()) + ":" + target))
        .toList();
  }

  private static Map<Path, Page> pages(Path root) throws IOException {
    var pages = new TreeMap<Path, Page>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused) {
            return directory.endsWith("target") || directory.endsWith(".git")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
              throws IOException {
            if (file.toString().endsWith(".md")) {
              var page = new Page();
              PARSER.parse(Files.readString(file)).accept(page);
              pages.put(file, page);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return pages;
  }

  private boolean leadsSomewhere(Path page, String target) {
    URI uri;
    try {
      uri = new URI(target.replace(" ", "%20"));
    } catch (URISyntaxException malformed) {
      return false;
    }
    if (uri.getScheme() != null || uri.getRawAuthority() != null) {
      return true;
    }
    var file = file(page, uri.getPath());
    if (!file.startsWith(root) || !Files.exists(file)) {
      return false;
    }
    var anchor = uri.getFragment();
    var linked = pages.get(file);
    return anchor == null || linked == null || linked.anchors.contains(anchor);
  }

  private Path file(Path page, String path) {
    if (path.isEmpty()) {
      return page;
    }
    return path.startsWith("/")
        ? root.resolve(path.substring(1)).normalize()
        : page.resolveSibling(path).normalize();
  }

  private record Target(int line, String text) {
    @Override
    public String toString() {
      return line + ": " + text;
    }
  }

  /// What a Markdown file links to, and the anchors that it offers.
  private static final class Page extends AbstractVisitor {
    private final IdGenerator ids = IdGenerator.builder().build();
    private final Set<String> anchors = new HashSet<>();
    private final List<Target> targets = new ArrayList<>();

    @Override
    public void visit(Heading heading) {
      var text = new StringBuilder();
      heading.accept(
          new AbstractVisitor() {
            @Override
            public void visit(Text part) {
              text.append(part.getLiteral());
            }

            @Override
            public void visit(Code part) {
              text.append(part.getLiteral());
            }
          });
      anchors.add(ids.generateId(text.toString()));
      visitChildren(heading);
    }

    @Override
    public void visit(Link link) {
      add(link, link.getDestination());
      visitChildren(link);
    }

    @Override
    public void visit(Image image) {
      add(image, image.getDestination());
      visitChildren(image);
    }

    @Override
    public void visit(HtmlInline html) {
      addHtml(html, html.getLiteral());
    }

    @Override
    public void visit(HtmlBlock html) {
      addHtml(html, html.getLiteral());
    }

    private void addHtml(Node node, String html) {
      HTML_ANCHOR.matcher(html).results().forEach(found -> anchors.add(found.group(1)));
      HTML_TARGET.matcher(html).results().forEach(found -> add(node, found.group(1)));
    }

    private void add(Node node, String target) {
      targets.add(new Target(node.getSourceSpans().getFirst().getLineIndex() + 1, target));
    }
  }
}
