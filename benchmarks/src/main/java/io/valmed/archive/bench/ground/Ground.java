package io.valmed.archive.bench.ground;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The servers that all contestants share, and the template that all their rows come from. */
public final class Ground implements AutoCloseable {
  private final LocalStack stack;
  private final Service services;
  private final PeerLibraries peers;
  private final int warmOrders;
  private final AtomicInteger sites = new AtomicInteger();

  private Ground(LocalStack stack, Service services, PeerLibraries peers, int warmOrders) {
    this.stack = stack;
    this.warmOrders = warmOrders;
    this.services = services;
    this.peers = peers;
  }

  /**
   * Starts the servers and fills the template.
   *
   * @param rows about how many rows each load is to have: a quarter orders, the rest
   *     administrations
   * @param warm about how many more each contestant is to carry before its clock runs; 0: none
   * @param profiles where the product's processes leave flight recordings; null: none are made
   */
  public static Ground open(Checkout checkout, long rows, long warm, @Nullable Path profiles)
      throws SQLException {
    LocalStack stack = LocalStack.start(StackOptions.temporary());
    int warmOrders = Math.toIntExact(warm / 4);
    try {
      new HotTemplate(stack.hot()).fill(warmOrders + Math.toIntExact(Math.max(1, rows / 4)));
    } catch (SQLException | RuntimeException e) {
      stack.close();
      throw e;
    }
    return new Ground(
        stack, new Service(checkout, profiles), new PeerLibraries(checkout), warmOrders);
  }

  /** A hot database with the template's rows ready to be loaded, and an archive, provisioned. */
  public Site site(String name) throws Exception {
    Site site = Site.make(stack, name + sites.incrementAndGet());
    site.provision();
    return site;
  }

  /** The same hot database with nothing of the product's in it, and an empty target. */
  public Site bareSite(String name) throws Exception {
    return Site.make(stack, name + sites.incrementAndGet());
  }

  /**
   * Commits the rows that nobody's clock runs for: services run for weeks, and what their JVMs
   * compile in the first seconds is not what they cost.
   */
  public Loaded warmUp(Site site) throws SQLException {
    return HotLoad.first(site, warmOrders);
  }

  /** About how many rows {@link #warmUp} commits. */
  public long warmRows() {
    return 4L * warmOrders;
  }

  /** Commits the rows that are measured. */
  public Loaded load(Site site) throws SQLException {
    return HotLoad.behind(site, warmOrders);
  }

  /** Commits one of so many equal parts of the rows that are measured, cold. */
  public Loaded slice(Site site, int part, int of) throws SQLException {
    return HotLoad.slice(site, warmOrders, part, of);
  }

  public Service services() {
    return services;
  }

  public PeerLibraries peers() {
    return peers;
  }

  /** Starts to count what the servers use. */
  public Meter meter() throws IOException {
    return new Meter(stack);
  }

  /** Writes out what earlier work left dirty, so that it burdens nobody's measurement. */
  public void settle() throws SQLException {
    try (Connection hot = stack.hot().connect("postgres");
        Connection archive = stack.archive().connect("postgres")) {
      Answers.run(hot, "CHECKPOINT");
      Answers.run(archive, "CHECKPOINT");
    }
  }

  @Override
  public void close() {
    stack.close();
  }
}
