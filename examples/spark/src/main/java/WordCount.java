import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.split;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Counts the words of the topic orders into orders-counts, until it is ended. Argument: [HOST:PORT]. */
public final class WordCount {
  private WordCount() {}

  public static void main(String[] args) throws Exception {
    String bootstrap = bootstrapFrom(args);
    SparkSession spark =
        SparkSession.builder()
            .appName("word-count")
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();

    Dataset<Row> orders =
        spark
            .readStream()
            .format("kafka")
            .option("kafka.bootstrap.servers", bootstrap)
            .option("subscribe", "orders")
            .option("startingOffsets", "earliest")
            .load();

    Dataset<Row> counts =
        orders
            .select(explode(split(lower(col("value").cast("string")), "\\W+")).as("word"))
            .where(col("word").notEqual(""))
            .groupBy("word")
            .count();

    counts
        .selectExpr("word AS key", "CAST(count AS STRING) AS value")
        .writeStream()
        .format("kafka")
        .option("kafka.bootstrap.servers", bootstrap)
        .option("topic", "orders-counts")
        // What was read and counted: the next start goes on from there.
        .option("checkpointLocation", "state")
        .outputMode("update")
        .start()
        .awaitTermination();
  }

  /** The first argument, else the variable KAFSCALE_BOOTSTRAP, else localhost:9092. */
  private static String bootstrapFrom(String[] args) {
    if (args.length > 0) return args[0];
    return System.getenv().getOrDefault("KAFSCALE_BOOTSTRAP", "localhost:9092");
  }
}
