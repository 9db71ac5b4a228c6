package dev.trapline.abi;

/// An invariant of Trapline does not hold: a defect of Trapline or of a service, never of a guest.
///
/// It ends the machine in which it happened; nothing recorded before is lost.
public final class InvariantViolation extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvariantViolation(String message) {
        super(message);
    }

    public InvariantViolation(String message, Throwable cause) {
        super(message, cause);
    }

    /// Throws unless the condition holds.
    public static void require(boolean condition, String message) {
        if (!condition) {
            throw new InvariantViolation(message);
        }
    }
}
