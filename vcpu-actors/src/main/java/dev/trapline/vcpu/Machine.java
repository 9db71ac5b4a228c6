package dev.trapline.vcpu;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import java.nio.file.Path;

/// A machine, ready to run: the API that embeds Trapline in a Java program or test.
public final class Machine {

    private Machine() {}

    /// Begins a machine of this make.
    public static Builder builder(EngineFactory engines, MachineSpec spec) {
        return new Builder(engines, spec);
    }

    /// Collects what a machine is made of.
    public static final class Builder {

        private final EngineFactory engines;
        private final MachineSpec spec;

        private Builder(EngineFactory engines, MachineSpec spec) {
            this.engines = engines;
            this.spec = spec;
        }

        /// Puts an image into memory at every start.
        public Builder image(Image image) {
            return this;
        }

        /// Adds a firmware service.
        public Builder service(FirmwareService<?> service) {
            return this;
        }

        /// Where the guest's console goes; nowhere by default.
        public Builder console(ConsoleOutput console) {
            return this;
        }

        /// Console input that is known from the start, offered byte by byte in virtual time.
        public Builder script(Bytes input) {
            return this;
        }

        /// Records the run into a directory that does not exist yet.
        public Builder recordTo(Path directory) {
            return this;
        }

        /// Starts the run in an actor system.
        @SuppressWarnings("DoNotCallSuggester")
        public MachineRun start(ActorSystem<?> system) {
            throw new UnsupportedOperationException(engines + " " + spec);
        }
    }
}
