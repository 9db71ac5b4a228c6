package dev.trapline.abi.engine;

/// The engine or its library failed, as far as is known not because of the guest.
public final class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
