package dev.trapline.registry.kvm;

import dev.trapline.abi.firmware.KvmRegister;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Policy;
import dev.trapline.registry.RegistryError;
import dev.trapline.registry.RegistryException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The pseudo firmware registers of a machine, as in `KVM_GET_ONE_REG` and with its identifiers. They are only another
/// view of the policy and of services' settings. Immutable.
///
/// The services' descriptors define the registers ([KvmRegister]). A bitmap has a bit for each service of the machine
/// whose descriptor claims one. The bit is set while the service's toggle is on; all are on at reset. Clearing the bit
/// switches the toggle off: the calls then return NOT_SUPPORTED, and the FEATURES calls agree. A register with a number
/// exists if a service shows a setting in it.
///
/// Getting and setting fail as in KVM: ENOENT for an unknown register, EINVAL for an unknown bit or version, EBUSY for
/// a new value once the machine has run. The current value can always be set.
public final class FirmwareRegisters {

    /// `KVM_REG_ARM_PSCI_VERSION`.
    public static final long PSCI_VERSION = KvmRegister.Plain.PSCI_VERSION.id();
    /// `KVM_REG_ARM_STD_BMAP`.
    public static final long STD_BMAP = KvmRegister.Bitmap.STD_BMAP.id();
    /// `KVM_REG_ARM_STD_HYP_BMAP`.
    public static final long STD_HYP_BMAP = KvmRegister.Bitmap.STD_HYP_BMAP.id();
    /// `KVM_REG_ARM_VENDOR_HYP_BMAP`.
    public static final long VENDOR_HYP_BMAP = KvmRegister.Bitmap.VENDOR_HYP_BMAP.id();
    /// `KVM_REG_ARM_VENDOR_HYP_BMAP_2`.
    public static final long VENDOR_HYP_BMAP_2 = KvmRegister.Bitmap.VENDOR_HYP_BMAP_2.id();

    private final List<ServiceDescriptor> services;
    private final Policy policy;
    private final SortedMap<String, String> settings;
    /// By identifier.
    private final SortedMap<Long, Register> registers = new TreeMap<>();

    private sealed interface Register {
        String name();
    }

    /// @param toggles of the services that have a bit, by bit
    private record Bits(KvmRegister.Bitmap bitmap, SortedMap<Integer, String> toggles) implements Register {
        @Override
        public String name() {
            return bitmap.name();
        }

        long all() {
            return toggles.keySet().stream().mapToLong(bit -> 1L << bit).reduce(0, (one, other) -> one | other);
        }
    }

    private record View(String service, KvmRegister.Setting of) implements Register {
        @Override
        public String name() {
            return of.register().name();
        }

        String setting() {
            return service + "." + of.key();
        }
    }

    /// The registers of a machine.
    ///
    /// @param services all services of the machine
    /// @param settings settings of services, such as `psci.version`; absent ones have their default
    public FirmwareRegisters(
            Collection<ServiceDescriptor> services, Policy policy, SortedMap<String, String> settings) {
        this.services = List.copyOf(services);
        this.policy = policy;
        this.settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        SortedMap<KvmRegister.Bitmap, SortedMap<Integer, String>> toggles = new TreeMap<>();
        for (KvmRegister.Bitmap bitmap : KvmRegister.Bitmap.values()) {
            toggles.put(bitmap, new TreeMap<>());
        }
        for (ServiceDescriptor service : services) {
            for (KvmRegister register : service.registers()) {
                switch (register) {
                    case KvmRegister.Bit(KvmRegister.Bitmap bitmap, int bit) ->
                        toggles.getOrDefault(bitmap, new TreeMap<>()).put(bit, service.name());
                    case KvmRegister.Setting view ->
                        registers.put(view.register().id(), new View(service.name(), view));
                }
            }
        }
        toggles.forEach((bitmap, bits) ->
                registers.put(bitmap.id(), new Bits(bitmap, Collections.unmodifiableSortedMap(bits))));
    }

    /// The identifiers of all registers of this machine, ascending.
    public List<Long> ids() {
        return List.copyOf(registers.keySet());
    }

    /// A register's name, as in the kernel's documentation.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is none
    public String name(long id) {
        return find(id).name();
    }

    /// The identifier of a register from a text: its name, or `0x` and its identifier.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is none
    public long id(String text) {
        for (Map.Entry<Long, Register> register : registers.entrySet()) {
            if (register.getValue().name().equalsIgnoreCase(text)
                    || hex(register.getKey()).equalsIgnoreCase(text)) {
                return register.getKey();
            }
        }
        throw unknown(text);
    }

    /// The toggles for a register's bits, by bit; none for a register that is not a bitmap.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is no such register
    public SortedMap<Integer, String> toggles(long id) {
        return switch (find(id)) {
            case Bits bits -> bits.toggles();
            case View _ -> Collections.emptySortedMap();
        };
    }

    /// The setting that a register shows, as in `psci.version`; null if it is a bitmap.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is no such register
    public @Nullable String setting(long id) {
        return switch (find(id)) {
            case Bits _ -> null;
            case View view -> view.setting();
        };
    }

    /// What that setting is, as a configuration says it: perhaps that the choice is left to the machine.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if no such register shows a setting
    public String settingText(long id) {
        return switch (find(id)) {
            case Bits _ -> throw unknown(hex(id));
            case View view -> text(view);
        };
    }

    /// Whether a text of the setting that a register shows leaves the choice to the machine.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is no such register
    public boolean leavesChoice(long id, String text) {
        return find(id) instanceof View view && view.of().auto().equals(text);
    }

    private String text(View view) {
        return settings.getOrDefault(view.setting(), view.of().auto());
    }

    /// The value of a register.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] if there is none, or an
    ///     [RegistryError.BadSetting] if the machine cannot have the value that the setting asks for
    public long get(long id) {
        return switch (find(id)) {
            case Bits bits -> {
                long value = 0;
                for (Map.Entry<Integer, String> bit : bits.toggles().entrySet()) {
                    value |= policy.isOn(bit.getValue(), true) ? 1L << bit.getKey() : 0;
                }
                yield value;
            }
            case View view -> chosen(view).value();
        };
    }

    private KvmRegister.Value chosen(View view) {
        try {
            return view.of().choose(view.service(), text(view), policy.isResident(view.service()));
        } catch (IllegalArgumentException e) {
            throw new RegistryException(
                    List.of(new RegistryError.BadSetting(view.service(), String.valueOf(e.getMessage()))));
        }
    }

    /// These registers with one of them changed, before the machine has run.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister] or [RegistryError.BadRegisterValue], or as
    ///     [#get] does
    public FirmwareRegisters with(long id, long value) {
        require(id, value);
        if (get(id) == value) {
            return this;
        }
        return switch (find(id)) {
            case Bits bits -> {
                Policy changed = policy;
                for (Map.Entry<Integer, String> bit : bits.toggles().entrySet()) {
                    changed = changed.with(bit.getValue(), (value >>> bit.getKey() & 1) != 0);
                }
                yield new FirmwareRegisters(services, changed, settings);
            }
            case View view -> {
                SortedMap<String, String> changed = new TreeMap<>(settings);
                KvmRegister.Value asked = view.of().of(value);
                changed.put(view.setting(), asked == null ? view.of().auto() : asked.text());
                yield new FirmwareRegisters(services, policy, changed);
            }
        };
    }

    /// Checks a new value after the machine has run.
    ///
    /// @throws RegistryException with an [RegistryError.UnknownRegister], [RegistryError.BadRegisterValue] or, if
    ///     it is not the current value, [RegistryError.VcpuHasRun]
    public void requireUnchanged(long id, long value) {
        require(id, value);
        long is = get(id);
        if (is != value) {
            throw new RegistryException(List.of(new RegistryError.VcpuHasRun(name(id), is, value)));
        }
    }

    /// The policy with the registers' values.
    public Policy policy() {
        return policy;
    }

    /// The settings with the registers' values.
    public SortedMap<String, String> settings() {
        return settings;
    }

    private void require(long id, long value) {
        Register register = find(id);
        String takes = switch (register) {
            case Bits bits -> (value & ~bits.all()) == 0 ? "" : "no bits but " + hex(bits.all());
            case View view -> refusal(view, value);
        };
        if (!takes.isEmpty()) {
            throw new RegistryException(List.of(new RegistryError.BadRegisterValue(register.name(), value, takes)));
        }
    }

    /// What the register takes instead of a value; empty if it takes that.
    private String refusal(View view, long value) {
        KvmRegister.Value asked = view.of().of(value);
        if (policy.isResident(view.service())) {
            KvmRegister.Value fixed = chosen(view);
            return fixed.equals(asked)
                    ? ""
                    : hex(fixed.value()) + " alone, since '" + view.service() + "' is answered in place";
        }
        return asked != null
                ? ""
                : view.of().values().stream().map(each -> hex(each.value())).collect(Collectors.joining(", "));
    }

    private Register find(long id) {
        Register register = registers.get(id);
        if (register == null) {
            throw unknown(hex(id));
        }
        return register;
    }

    private RegistryException unknown(String text) {
        List<String> known = registers.entrySet().stream()
                .map(register ->
                        hex(register.getKey()) + " " + register.getValue().name())
                .toList();
        return new RegistryException(List.of(new RegistryError.UnknownRegister(text, known)));
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
