import { plural } from "../../core/tongues.ts";
import { units } from "../../core/units.es.ts";
import { Format } from "../format.ts";
import type { GoodsWords } from "./words.ts";

const format = new Format("es-ES");
const form = plural("es");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => n(count) + " " + form(count, one, more);

export const goodsSpanish: GoodsWords = {
  pages: { stock: "Stock", why: "Artículo", devices: "Dispositivos", codes: "Códigos desconocidos", counts: "Recuentos por aprobar" },
  standsSince: (time) => "Cifras de las " + time + ". No se sabe qué ha cambiado desde entonces.",
  asOf: (time) => "a las " + time,
  unit: (quantity, unit) => format.decimal(quantity) + (unit ? " " + units.of(quantity, unit) : ""),
  in: (what) => "en " + what,
  more: "Mostrar más", capped: (rows) => "Estos son los primeros " + n(rows) + ". Busca, o elige un centro o una ubicación, para ver los demás.",
  reason: "Motivo", reasonHow: "en el registro, junto a tu nombre", reasonNeeded: "Di primero por qué. No se ha cambiado nada.", cancel: "Cancelar", done: (message) => message,
  stock: {
    title: "Stock", byProduct: "Por artículo", byPlace: "Por ubicación", search: "Buscar", searchHow: "código o nombre", category: "Categoría", place: "Ubicación", find: "Mostrar", everything: "Todo", negative: "Bajo cero", minimum: "Bajo mínimo",
    columns: { product: "Artículo", place: "Ubicación", onHand: "En stock", available: "Disponible", held: "Bloqueado", incoming: "En recepción", value: "Valor", changed: "Cambiado", notes: "Atención" },
    columnsHow: "Disponible es lo que no está bloqueado ni en cuarentena. En recepción es lo que ha llegado y aún no se ha ubicado. Ambos son parte del stock.",
    none: "Nada coincide", noneHow: "Cambia arriba la búsqueda o los filtros.",
    belowAt: (quantity, place) => quantity + " en " + place, least: (available, min, place) => available + " de un mínimo de " + min + (place ? " en " + place : ""),
    noCost: "coste desconocido", explain: (quantity, product) => "¿Por qué " + quantity + "? " + product, wholeSite: "todo el centro",
  },
  why: {
    title: "Artículo", how: "Elige un artículo para ver dónde está, y por qué cada cifra es la que es.", product: "Artículo", open: "Abrir", places: "Dónde está", everywhere: "Todas las ubicaciones",
    question: (quantity) => "¿Por qué " + quantity + "?",
    lastCounted: (quantity, when, who) => "Último recuento a las " + when + ", por " + who + ": " + quantity + ".",
    lastRight: (quantity, when) => "Estuvo bien por última vez antes de las " + when + ", con " + quantity + ". Desde entonces no se ha contado.",
    start: "Nunca se ha contado. Esto es todo lo que ha pasado aquí.", unknown: (quantity) => "Los movimientos anteriores no se muestran. Antes de estos: " + quantity + ".",
    crossed: (when, who, did, took, before) => "Bajó de cero a las " + when + ": " + who + ", " + did.toLowerCase() + " de " + took + " cuando en stock constaban " + before + ".",
    since: (came, went, scans) => "Desde entonces, entró: " + came + ", salió: " + went + ", en " + many(scans, "lectura", "lecturas") + ".", none0: "nada", nothingSince: "Desde entonces no se ha movido nada.",
    late: (c) => (c === 1 ? "Una lectura llegó tarde. Cuenta a la hora en que se hizo." : n(c) + " lecturas llegaron tarde. Cada una cuenta a la hora en que se hizo."),
    lateOne: (what, at, booked) => what + ": escaneado a las " + at + ", llegó a las " + booked + ".",
    undone: (c) => (c === 1 ? "Una lectura se deshizo y no cambia nada." : n(c) + " lecturas se deshicieron y no cambian nada."),
    correct: "Corregirlo", correctHow: "Mira primero la estantería. Se registra una de estas correcciones, a tu nombre.",
    corrections: { count: () => "Contado", receive: (missing) => "Dar entrada a " + missing + " que nadie escaneó", found: (missing) => "Siempre estuvieron: encontrar " + missing },
    counted: "Lo que hay", corrected: "Está registrado. La cifra de arriba es la nueva.",
    chart: "Stock a lo largo del tiempo", chartHow: "Lee la línea con las flechas izquierda y derecha.", chartTable: "Lo mismo como tabla", chartValue: (when, quantity) => quantity + " a las " + when, chartCut: "La línea empieza con los últimos 2000 movimientos.",
    spans: { day: "Día", week: "Semana", month: "Mes", quarter: "3 meses" },
    moves: "Movimientos", shows: { all: "Todos", in: "Entradas", out: "Salidas", counts: "Recuentos", late: "Tarde", undone: "Deshechos" }, text: "persona, dispositivo, ubicación, referencia",
    columns: { when: "Cuándo", what: "Qué", change: "Cambio", after: "Después", who: "Quién", why: "Por qué" }, none: "Ningún movimiento coincide.",
    marks: { crossing: "Lo bajó de cero", late: (by) => "Tarde por " + by, undone: (by) => "Deshecho" + (by ? " por " + by : ""), base: "Contado aquí", changed: (entry) => "cambiado por el apunte " + entry },
    older: "Mostrar más antiguos", entry: (i) => "Apunte " + i, gone: "Ese artículo no existe.", nothing: "Aquí nunca se ha movido nada de ello.", to: (place) => "a " + place, from: (place) => "de " + place,
  },
  devices: {
    title: "Dispositivos", states: { all: "Todos", trouble: "Por mirar", unsent: "Sin enviar", away: "Ausentes", revoked: "Revocados" },
    columns: { device: "Dispositivo", state: "Visto por última vez", unsent: "Sin enviar", battery: "Batería", clock: "Reloj", focus: "No escuchaba", app: "Versión", actions: "Acciones" },
    online: "Conectado", away: (since) => "Ausente, visto " + since, never: "No visto desde que arrancó el servidor", revoked: (when, who) => "Revocado " + when + (who ? " por " + who : ""),
    unsent: (c) => many(c, "lectura", "lecturas"), oldest: (span) => "la más antigua espera desde hace " + span,
    troubles: { unsent: "Sin enviar desde hace más de 15 minutos: busca un rincón sin wifi", battery: "Batería baja", clock: "Su reloj va mal" }, lostFocus: (c) => many(c, "vez", "veces"),
    clockOk: "bien", ahead: (span) => span + " adelantado", behind: (span) => span + " atrasado", unknown: "no se sabe",
    message: "Mensaje", messageText: "Lo que muestra", send: "Enviar", sent: (online) => (online ? "Enviado. Ya muestra el mensaje." : "Guardado. Mostrará el mensaje cuando vuelva."), waiting: (c) => many(c, "mensaje espera", "mensajes esperan"),
    askLog: "Pedir su registro", logComes: (online) => (online ? "Pedido. Su registro llega enseguida." : "Pedido. Su registro llegará cuando vuelva."), logWaits: (who, when) => "Registro pedido por " + who + ", " + when,
    log: (when, kilobytes) => "Guardar su registro de las " + when + ", " + kilobytes + " kB",
    rename: "Cambiar el nombre", newName: "Cómo lo llaman", save: "Guardar", renamed: "Nombre cambiado.",
    revoke: "Revocar", revokeHow: (name, unsent) => name + " ya no abre nada desde ahora, y no sirve para escanear. " + (unsent ? "Aún guarda " + unsent + ". " : "") + "Lo que escaneó antes se conserva y se acepta durante 30 días, en cuanto se conecte. Para volver a usarlo, vincúlalo otra vez.",
    stolen: "Lo han robado o se ha perdido", stolenHow: "Entonces no se acepta nada más de él, ni siquiera lo que escaneó antes.", revokeYes: (name) => "Revocar " + name, revokedNow: (name) => name + " está revocado.",
    pair: "Vincular un dispositivo", pairHow: "Crea un código, y escanéalo con la cámara del terminal. Abre la página del terminal y recibe su propia clave; nadie más la ve.", pairName: "Nombre en el registro", pairCalled: "Cómo lo llaman", pairRole: "Rol", pairSite: "Trabaja en", pairMake: "Crear el código",
    pairScan: "Escanea esto con el terminal", pairUntil: (time) => "Sirve una vez, hasta las " + time + ".", pairOver: "Este código ya no vale. Crea otro.", pairDone: (name) => name + " está vinculado.", qr: "Código QR que vincula el terminal",
    roles: { floor: "Almacén", dock: "Muelle", supervisor: "Responsable", admin: "Administrador" }, everywhere: "Todos los centros", none: "Ningún dispositivo coincide", noneHow: "Vincula uno con el botón de arriba.",
  },
  codes: {
    title: "Códigos desconocidos", how: "Sus lecturas se guardan y no cuentan como stock. Di una vez qué es un código: entonces se registran todas, cada una a su hora.", none: "Todos los códigos son conocidos", noneHow: "Las lecturas de códigos desconocidos aparecen aquí.",
    kinds: { product: "Artículo", location: "Ubicación", serial: "Número de serie", operator: "Tarjeta" },
    scans: (c) => many(c, "lectura", "lecturas"), between: (first, last) => (first === last ? first : first + " a " + last), by: (devices) => "por " + devices, name: "Decir qué es", close: "Cerrar",
    product: "Artículo", productHow: "código o nombre", quantity: "Un código representa", quantityHow: "1 si está vacío", unit: "Unidad", place: "Ubicación", operator: "Persona",
    plan: "Lo que se registrará", planNone: "Elige qué es para ver lo que se registrará.",
    planLine: (when, did, quantity, from, to) => when + ": " + did + " " + quantity + (from && to ? ", de " + from + " a " + to : from ? " en " + from : to ? " a " + to : ""),
    asScanned: "lo que dice el código", asCounted: "lo contado", all: "todo", more: (c) => "y " + n(c) + " más", left: (c) => many(c, "código más espera.", "códigos más esperan."), map: (c) => "Registrar " + many(c, "lectura", "lecturas"),
    dismiss: "Descartar", dismissHow: (c) => (c === 1 ? "La lectura queda en el registro y nunca se aplica." : n(c) + " lecturas quedan en el registro y nunca se aplican.") + " Un responsable puede deshacerlo.", dismissYes: (c) => "Descartar " + many(c, "lectura", "lecturas"), dismissed: (c) => many(c, "lectura descartada.", "lecturas descartadas."),
    only: (c) => "Primero van las " + n(c) + " más antiguas; las demás quedan aquí.", notYours: "Qué es un código de artículo o una tarjeta vale para todos los centros: lo dice un responsable de todos los centros.",
  },
  counts: {
    title: "Recuentos por aprobar", how: "Estos recuentos difieren del stock teórico más de lo que el centro admite. Mientras tanto vale el recuento.", none: "Ningún recuento espera", noneHow: "Los recuentos con una diferencia grande aparecen aquí.",
    expected: "Esperado", counted: "Contado", difference: "Diferencia", worth: (value) => "por valor de " + value, since: (change, scans) => change + " desde entonces, en " + many(scans, "lectura", "lecturas"), still: "desde entonces no se ha movido nada", now: (quantity) => "ahora " + quantity,
    by: (who, when) => "contado por " + who + " " + when, taken: (who) => who + " se encarga", accept: "Aprobar", recount: "Pedir otro recuento", decided: (choice, product) => choice + ": " + product, undo: "Deshacer", lot: (code) => "lote " + code, look: "Ver qué se ha movido", far: "demasiado lejos para saberlo",
  },
};
