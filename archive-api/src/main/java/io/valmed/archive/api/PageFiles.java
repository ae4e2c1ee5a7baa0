package io.valmed.archive.api;

import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The page's own files and the plots' code, all from the jar. */
final class PageFiles {
  private static final String PLOTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private PageFiles() {}

  static void serve(RoutesConfig routes) {
    serve(routes, "/", "page/index.html", "text/html; charset=utf-8");
    serve(routes, "/page.css", "page/page.css", "text/css; charset=utf-8");
    for (String script : new String[] {"page", "format", "plots", "tables", "purge"}) {
      serve(
          routes, "/" + script + ".js", "page/" + script + ".js", "text/javascript; charset=utf-8");
    }
    serve(routes, "/icon.svg", "page/icon.svg", "image/svg+xml");
    serve(routes, "/uplot.js", PLOTS + "uPlot.iife.min.js", "text/javascript; charset=utf-8");
    serve(routes, "/uplot.css", PLOTS + "uPlot.min.css", "text/css; charset=utf-8");
  }

  private static void serve(RoutesConfig routes, String path, String resource, String type) {
    byte[] content = read(resource);
    String tag = tag(content);
    routes.get(
        path,
        context -> {
          // Asked again each time, so that a new release is seen at once.
          context.header("Cache-Control", "no-cache").header("ETag", tag);
          if (tag.equals(context.header("If-None-Match"))) {
            context.status(304);
          } else {
            context.contentType(type).result(content);
          }
        });
  }

  private static byte[] read(String resource) {
    try (InputStream in = PageFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(resource + " cannot be read from the class path", e);
    }
  }

  private static String tag(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return '"' + HexFormat.of().formatHex(digest).substring(0, 16) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
