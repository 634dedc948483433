/** Where the broker is. */
final class Bootstrap {
  private Bootstrap() {}

  /** The first argument, else the variable KAFSCALE_BOOTSTRAP, else localhost:9092. */
  static String from(String[] args) {
    if (args.length > 0 && !args[0].startsWith("--")) return args[0];
    return System.getenv().getOrDefault("KAFSCALE_BOOTSTRAP", "localhost:9092");
  }
}
