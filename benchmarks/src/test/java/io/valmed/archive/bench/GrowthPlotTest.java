package io.valmed.archive.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.bench.probe.GrowthPlot;
import io.valmed.archive.bench.probe.GrowthPoint;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

final class GrowthPlotTest {
  @Test
  void the_curve_is_a_picture_with_a_line_for_each_rate() throws Exception {
    String svg =
        GrowthPlot.svg(
            List.of(
                new GrowthPoint(0, 40_000, 50_000, 30_000),
                new GrowthPoint(10_000_000, 38_000, 49_000, 20_000)));

    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));

    assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(3);
  }
}
