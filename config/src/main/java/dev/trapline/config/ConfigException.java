package dev.trapline.config;

import java.util.List;

/// A configuration that cannot be used, with all its errors.
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    /// @param problems the errors, at least one, in the order in which they should be read
    public ConfigException(List<ConfigProblem> problems) {
        super(String.join("\n", problems.stream().map(ConfigProblem::toString).toList()));
        this.problems = List.copyOf(problems);
    }

    ConfigException(String origin, String path, String message) {
        this(List.of(new ConfigProblem(origin, path, message)));
    }

    /// All errors.
    public List<ConfigProblem> problems() {
        return problems;
    }
}
