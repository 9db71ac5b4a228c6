package dev.trapline.launcher;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import java.util.List;

/// Services that fail before a machine exists.
final class UselessServices {

    private UselessServices() {}

    /// Cannot be created.
    public static final class Unmakeable extends Useless {
        public Unmakeable() {
            throw new OutOfMemoryError("no room for a service");
        }
    }

    /// Cannot be loaded.
    public static final class Unloadable extends Useless {
        static final int VALUE = fail();

        private static int fail() {
            throw new IllegalStateException("not today");
        }
    }

    /// Has a null descriptor.
    @SuppressWarnings("NullAway")
    public static final class Nameless extends Useless {
        @Override
        public ServiceDescriptor descriptor() {
            return null;
        }
    }

    /// Its constructor never returns.
    public static final class Endless extends Useless {
        public Endless() {
            Misbehaving.loop();
        }
    }

    /// Its method `descriptor` never returns.
    public static final class Verbose extends Useless {
        @Override
        public ServiceDescriptor descriptor() {
            Misbehaving.loop();
            return super.descriptor();
        }
    }

    /// The initialization of its class never ends.
    public static final class Loading extends Useless {
        static {
            Misbehaving.loop();
        }
    }

    /// Its method `descriptor` throws.
    public static final class Speechless extends Useless {
        @Override
        public ServiceDescriptor descriptor() {
            throw new StackOverflowError();
        }
    }

    /// The common part of these services.
    public abstract static class Useless implements FirmwareService<Integer> {
        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("useless", "1", List.of(), List.of(), List.of());
        }

        @Override
        public Integer start(ServiceContext context) {
            return 0;
        }

        @Override
        public Reply<Integer> apply(Integer state, ServiceCall call, GuestMemory memory) {
            return Reply.of(state);
        }
    }
}
