package dev.trapline.abi.firmware;

import org.jspecify.annotations.Nullable;

/// A firmware service failed: it threw, returned nothing, or requested something that its machine cannot do. The defect
/// is in the service. A defect of Trapline itself is an [dev.trapline.abi.InvariantViolation].
///
/// It ends the machine in which it happened; nothing recorded before is lost.
public final class ServiceFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String service;
    private final String trace;

    /// @param service its name; the name of its class if its own is not known yet
    /// @param what what it did, to follow the service's name in a sentence
    /// @param cause what it threw; null if it did not throw
    public ServiceFailure(String service, String what, @Nullable Throwable cause) {
        super("service '" + service + "' " + what, cause);
        this.service = service;
        this.trace = cause == null ? "" : ThrownText.trace(cause);
    }

    /// It threw something. If that is a lack of memory, the reserve is released here first.
    public static Thrown threw(String service, Throwable thrown) {
        if (thrown instanceof OutOfMemoryError) {
            MemoryReserve.releaseFor(service);
        }
        return new Thrown(service, thrown);
    }

    /// What a service threw; the time is still missing.
    public static final class Thrown {

        private final String service;
        private final Throwable cause;

        private Thrown(String service, Throwable cause) {
            this.service = service;
            this.cause = cause;
        }

        /// The failure, with what was asked of the service.
        ///
        /// @param during what was asked of it: `on call 0xC6001000 of vcpu0`
        public ServiceFailure failure(String during) {
            return new ServiceFailure(service, "threw " + ThrownText.of(cause) + " " + during, cause);
        }
    }

    /// Has this class and what it calls ready for use.
    static void prepare() {
        threw("", new IllegalStateException()).failure("");
    }

    /// The service's name, or its class where it has not told its name.
    public String service() {
        return service;
    }

    /// The stack trace of what it threw; empty if it did not throw. It was taken while the service was still at
    /// work: to print an exception runs code of the service, which may not return.
    public String trace() {
        return trace;
    }

    /// Whether the host contributed to it: memory or the stack was too small. Then the same call may succeed in
    /// another process.
    public boolean isOfTheHost() {
        return getCause() instanceof VirtualMachineError;
    }
}
