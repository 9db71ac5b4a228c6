package dev.trapline.unicorn.a64;

import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.a32.Aarch32Access;
import dev.trapline.unicorn.a32.Aarch32User;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.Aarch32StateLayout;
import dev.trapline.unicorn.layout.Layouts;
import dev.trapline.unicorn.slice.BusErrors;
import dev.trapline.unicorn.slice.ControllerAccess;
import dev.trapline.unicorn.slice.CpuExceptions;
import dev.trapline.unicorn.slice.EngineHooks;
import dev.trapline.unicorn.slice.Instructions;
import dev.trapline.unicorn.slice.InterruptInputs;
import dev.trapline.unicorn.slice.SliceParts;
import dev.trapline.unicorn.slice.Syndromes;
import dev.trapline.unicorn.translation.Maintainer;
import dev.trapline.unicorn.translation.Translations;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The exceptions of an AArch64 CPU, its accesses to the system registers of an interrupt controller, and its AArch32
/// programs at EL0 ([Aarch32User]).
public final class Aarch64Exceptions implements CpuExceptions {

    private final SliceParts cpu;
    private final Layouts layouts;
    private final Unicorn engine;
    private final EngineSpec spec;
    private final ExceptionSwitch exceptions;
    private final InterruptInputs inputs;
    private final EngineHooks hooks;
    private final Syndromes syndromes;
    private final long[] registers;
    /// Null if the library's AArch32 state is not known. Then a return to it is illegal.
    private final @Nullable Aarch32StateLayout narrow;
    /// Null before the first AArch32 program.
    private @Nullable Aarch32User user;
    /// Whether the CPU is in AArch32 state.
    private boolean inAarch32;

    private long executed;

    /// @param registers the general registers, at the end of the last part
    public Aarch64Exceptions(
            SliceParts cpu,
            Layouts layouts,
            Unicorn engine,
            EngineSpec spec,
            ExceptionSwitch exceptions,
            InterruptInputs inputs,
            EngineHooks hooks,
            long[] registers) {
        this.cpu = cpu;
        this.layouts = layouts;
        this.engine = engine;
        this.spec = spec;
        this.exceptions = exceptions;
        this.inputs = inputs;
        this.hooks = hooks;
        this.syndromes = new Syndromes(engine, spec.memory());
        this.registers = registers;
        this.narrow = layouts.aarch32State();
    }

    @Override
    public void beginSlice() {
        inAarch32 = isInAarch32();
    }

    private boolean isInAarch32() {
        return narrow != null && cpu.isInAarch32();
    }

    @Override
    public Exit run(long budget, long now, long shown, boolean masked) {
        if (inAarch32) {
            Exit exit = user().run(budget, now, shown, registers);
            executed = user().executed();
            return exit;
        }
        Exit exit = cpu.runPart(budget, now, shown, masked);
        executed = cpu.executed();
        // A fault of the first fetch in AArch32 state comes again.
        if ((exit instanceof GuestFault || exit instanceof Exit.BudgetUsed) && isInAarch32()) {
            enterAarch32(exit instanceof GuestFault fault && BusErrors.isIllegalState(fault));
            return Exit.BudgetUsed.INSTANCE;
        }
        return exit;
    }

    private Aarch32User user() {
        Aarch32User opened = user;
        if (opened == null) {
            opened = new Aarch32User(
                    engine,
                    hooks,
                    layouts,
                    new Aarch64(),
                    spec,
                    Objects.requireNonNull(narrow),
                    Objects.requireNonNull(spec.wiring()));
            user = opened;
        }
        return opened;
    }

    /// The CPU's own instance must not keep the block that it has translated: it would run it at the next time.
    private void enterAarch32(boolean translated) {
        Objects.requireNonNull(narrow).read(engine.saveContext(), registers);
        if (translated) {
            long pc = registers[GeneralRegisters.PC];
            engine.removeCache(pc, pc + 1);
        }
        user().emptyTlb();
        inAarch32 = true;
    }

    @Override
    public long executed() {
        return executed;
    }

    @Override
    public boolean seesUnmasking() {
        return !inAarch32 && cpu.seesUnmasking();
    }

    @Override
    public void interrupt(ExceptionEntry.Interrupt which) {
        enter(which);
    }

    @Override
    public void serror(int syndrome) {
        enter(new ExceptionEntry.SError(Syndromes.ofSError(syndrome)));
    }

    private void enter(ExceptionEntry.Vectored entry) {
        if (!inAarch32) {
            exceptions.take(registers, entry);
            return;
        }
        exceptions.takeFromAarch32(registers, entry, Objects.requireNonNull(narrow));
        long vector = registers[GeneralRegisters.PC];
        cpu.fetchRegisters();
        registers[GeneralRegisters.PC] = vector;
        inAarch32 = false;
    }

    @Override
    public boolean take(GuestFault fault) {
        long pstate = registers[GeneralRegisters.PSTATE];
        long address = faultAddress(fault);
        ExceptionEntry.Synchronous entry = new ExceptionEntry.Synchronous(
                syndromes.of(fault, registers),
                address == Syndromes.NO_ADDRESS ? engine.readSystem(SystemRegister.FAR_EL1) : address);
        if (!cpu.isFetchable(exceptions.vector(pstate, entry))) {
            return false;
        }
        enter(entry);
        return true;
    }

    private long faultAddress(GuestFault fault) {
        Aarch32User running = user;
        boolean access =
                fault.kind() == GuestFault.Kind.UNMAPPED_READ || fault.kind() == GuestFault.Kind.UNMAPPED_WRITE;
        return inAarch32 && access && running != null
                ? Aarch32Access.address(fault.address(), registers, running::word, running::thumb)
                : syndromes.faultAddress(fault, registers);
    }

    /// Whether the instruction is an access to a system register of the interrupt controller. At EL0, it is
    /// undefined.
    @Override
    public boolean performs(GuestFault fault) {
        return fault.kind() == GuestFault.Kind.UNDEFINED_INSTRUCTION
                && inputs.controller().isAt()
                && !Syndromes.isFromEl0(registers[GeneralRegisters.PSTATE]);
    }

    @Override
    public @Nullable Exit perform() {
        ControllerAccess controller = inputs.controller();
        if (controller.perform()) {
            hooks.answer(controller.target(), controller.value());
            registers[controller.target()] = controller.value();
        }
        registers[GeneralRegisters.PC] += Instructions.WIDTH;
        return null;
    }

    @Override
    public Maintainer maintainer(Translations first) {
        return new Maintainer() {
            @Override
            public void drop(long address, long length) {
                first.drop(address, length);
                if (user != null) {
                    user.drop(address, length);
                }
            }

            @Override
            public void maintain(Exit.Maintenance operation) {
                first.maintain(operation);
                if (user != null) {
                    user.maintain(operation);
                }
            }

            @Override
            public void emptyTlb() {
                first.emptyTlb();
                if (user != null) {
                    user.emptyTlb();
                }
            }
        };
    }

    @Override
    public void close() {
        if (user != null) {
            user.close();
        }
    }
}
