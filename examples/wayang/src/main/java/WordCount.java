import java.util.Arrays;
import org.apache.wayang.api.JavaPlanBuilder;
import org.apache.wayang.basic.data.Tuple2;
import org.apache.wayang.core.api.Configuration;
import org.apache.wayang.core.api.WayangContext;
import org.apache.wayang.core.optimizer.costs.LoadProfileEstimators;
import org.apache.wayang.java.Java;

/** Counts the words of the topic orders into orders-counts. The broker is where BOOTSTRAP_SERVER says. */
public final class WordCount {
  private WordCount() {}

  public static void main(String[] args) {
    Configuration configuration = new Configuration();
    WayangContext wayangContext = new WayangContext(configuration).withPlugin(Java.basicPlugin());

    JavaPlanBuilder planBuilder =
        new JavaPlanBuilder(wayangContext)
            .withJobName("OrderProcessing")
            .withUdfJarOf(WordCount.class);

    planBuilder
        .readKafkaTopic("orders")
        .withName("Load from KafScale")
        .flatMap(line -> Arrays.asList(line.split("\\W+")))
        .filter(token -> !token.isEmpty())
        .map(word -> new Tuple2<>(word.toLowerCase(), 1))
        .reduceByKey(
            Tuple2::getField0,
            (t1, t2) -> new Tuple2<>(t1.getField0(), t1.getField1() + t2.getField1()))
        .writeKafkaTopic(
            "orders-counts",
            d -> String.format("%s: %d", d.getField0(), d.getField1()),
            "wayang-job",
            LoadProfileEstimators.createFromSpecification("wayang.java.kafkatopicsink.load", configuration));
  }
}
