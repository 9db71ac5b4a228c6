package dev.trapline.machine.firmware.state;

import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Map;
import java.util.TreeMap;

/// The forms of closed sets: of values, and of classes.
final class ChoiceForms {

    private ChoiceForms() {}

    /// An enum's constant, by name.
    record EnumForm(Class<?> type, Map<String, Object> constants) implements Form {

        static EnumForm of(Class<?> type) {
            Map<String, Object> constants = new TreeMap<>();
            for (Object constant : type.getEnumConstants()) {
                constants.put(((Enum<?>) constant).name(), constant);
            }
            return new EnumForm(type, constants);
        }

        @Override
        public void write(StateWriter out, Object value) {
            out.putText(((Enum<?>) value).name());
        }

        @Override
        public Object read(StateReader in) {
            String name = in.takeText();
            Object constant = constants.get(name);
            if (constant == null) {
                throw new StateDamagedException(type.getName() + " has no constant " + name);
            }
            return constant;
        }
    }

    /// A value of a sealed interface: the name of its class, which must be among those that are permitted, and the
    /// value.
    ///
    /// @param forms by the name of the class; filled in when all of them are known
    record SealedForm(Class<?> type, Map<String, Form> forms) implements Form {

        @Override
        public void write(StateWriter out, Object value) {
            String name = value instanceof Enum<?> constant
                    ? constant.getDeclaringClass().getName()
                    : value.getClass().getName();
            out.putText(name);
            form(name).write(out, value);
        }

        @Override
        public Object read(StateReader in) {
            return form(in.takeText()).read(in);
        }

        private Form form(String name) {
            Form form = forms.get(name);
            if (form == null) {
                throw new StateDamagedException(type.getName() + " does not permit a class " + name);
            }
            return form;
        }
    }
}
