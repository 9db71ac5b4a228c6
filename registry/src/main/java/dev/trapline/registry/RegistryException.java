package dev.trapline.registry;

import java.util.List;
import java.util.stream.Collectors;

/// A policy that cannot be, with everything that is wrong with it.
public final class RegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<RegistryError> errors;

    public RegistryException(List<RegistryError> errors) {
        super(errors.stream().map(RegistryError::message).collect(Collectors.joining("; ")));
        this.errors = List.copyOf(errors);
    }

    /// All of them.
    public List<RegistryError> errors() {
        return errors;
    }
}
