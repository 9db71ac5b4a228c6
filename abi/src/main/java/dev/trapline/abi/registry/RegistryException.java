package dev.trapline.abi.registry;

import java.util.List;

/// A registry that contradicts itself, with every contradiction found.
public final class RegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> errors;

    public RegistryException(List<String> errors) {
        super(String.join("; ", errors));
        this.errors = List.copyOf(errors);
    }

    /// One sentence for each contradiction.
    public List<String> errors() {
        return errors;
    }
}
