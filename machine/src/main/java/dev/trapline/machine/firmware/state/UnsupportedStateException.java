package dev.trapline.machine.firmware.state;

/// The state of a service contains a type that cannot be converted to bytes. The message names the service, the
/// component, and the type.
public final class UnsupportedStateException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// What a state is made of, for messages.
    static final String KINDS = "a state is made of records, enums, sealed interfaces of these, primitives and their"
            + " boxes, String, UUID, Bytes, RegisterWrites, GeneralRegisters, Optional, List, Set, SortedSet, Map,"
            + " SortedMap and arrays of primitives";

    UnsupportedStateException(String message) {
        super(message);
    }

    UnsupportedStateException(String message, Throwable cause) {
        super(message, cause);
    }
}
