package dev.trapline.registry;

import java.util.List;
import java.util.stream.Collectors;

/// An invalid policy, with all its errors.
public final class RegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<RegistryError> errors;

    public RegistryException(List<RegistryError> errors) {
        super(errors.stream().map(RegistryError::message).collect(Collectors.joining("; ")));
        this.errors = List.copyOf(errors);
    }

    /// All errors.
    public List<RegistryError> errors() {
        return errors;
    }
}
