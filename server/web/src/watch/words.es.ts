import { plural } from "../core/tongues.ts";
import { Format } from "./format.ts";
import { goodsSpanish } from "./stock/words.es.ts";
import { workSpanish } from "./work/words.es.ts";
import type { Words } from "./words.ts";

const format = new Format("es-ES");
const form = plural("es");
const n = (count: number): string => format.number(count);
const many = (count: number, one: string, more: string): string => n(count) + " " + form(count, one, more);

const spanish: Words = {
  code: "es", dir: "ltr", format,
  title: "Bayledger",
  goods: goodsSpanish, work: workSpanish,
  skip: "Ir al contenido",
  menu: "Menú",
  pages: { live: "En directo", attention: "Por resolver", history: "Historial", wall: "Pantalla mural" },
  state: { off: "Sin conexión", connecting: "Conectando", live: "En directo", stale: (asOf) => "No en directo, " + asOf, stopped: "Parado" },
  asOf: (time) => "a las " + time,
  nothingYet: "aún no se ha recibido nada",
  lost: (asOf, seconds) => "Se ha perdido la conexión. Ves los datos " + asOf + ". Nuevo intento" + (seconds > 1 ? " en unos " + seconds + " segundos." : "."),
  restored: "Los datos se han restaurado de una copia. Los apuntes anteriores ya no se muestran.",
  reload: "Volver a cargar la página",
  allSites: "Todos los centros",
  site: "Centro",
  theme: "Claro u oscuro", themes: { auto: "Como el dispositivo", light: "Claro", dark: "Oscuro" },
  language: "Idioma",
  keys: "Teclas de letras", keysHow: "J salta a lo más nuevo, P pausa",
  settings: "Ajustes", close: "Cerrar", account: "Cuenta", leave: "Olvidar la clave",
  signIn: {
    title: "Abrir la vista en directo",
    how: "Introduce la clave de un responsable o administrador. La del administrador está en el archivo admin.key de la carpeta de datos. Se guarda hasta cerrar esta pestaña.",
    key: "Clave", open: "Abrir", or: "O", login: "iniciar sesión",
    refused: "Esta clave no abre la vista en directo: es incorrecta, está revocada o es de un terminal. Introduce la de un responsable o administrador.",
  },
  asking: {
    unreachable: "El servidor no ha respondido. No se sabe si ha cambiado algo; mira, e inténtalo otra vez.",
    unreadable: (status) => "La respuesta del servidor (" + status + ") no se ha podido leer. No se sabe si ha cambiado algo; mira, e inténtalo otra vez.",
  },
  part: {
    loading: "Cargando", failed: "No se ha podido mostrar.", again: "Reintentar", notFound: "Aquí no hay ninguna página", notFoundHow: "No se ha perdido nada. Elige una página del menú.",
    notYours: "Tu rol no abre esta página.", more: "Mostrar más", rows: (c) => many(c, "fila", "filas"),
  },
  numbers: {
    title: "Cifras", scans: "Lecturas por minuto", online: "Dispositivos conectados", unsent: "Sin enviar", attention: "Por resolver", lag: "De lectura a pantalla",
    perMinute: "en el último minuto", of: (total) => "de " + total, noDataSince: (time) => "sin datos desde las " + time, noData: "aún sin datos", measuring: "midiendo",
    lastHour: (points) => form(points, "el último minuto", "los últimos " + n(points) + " minutos"), oldest: (span) => "la más antigua, desde hace " + span, oldestUnknown: "no se sabe desde cuándo", nothingWaits: "nada espera en un dispositivo",
    alerts: (c) => many(c, "alerta", "alertas"), exceptions: (c) => many(c, "incidencia", "incidencias"), allWell: "todo en orden", p95: "en 19 de 20 lecturas", noScans: "ninguna lectura en 5 minutos",
    away: (c) => many(c, "ausente", "ausentes"), allOnline: "todos", noDevices: "ninguno vinculado", table: (label) => label + ", por minuto", minute: "Minuto", notYours: "no para tu rol",
  },
  feed: {
    title: "Actividad", list: "Apuntes, los más nuevos primero", pause: "Pausar", goOn: "Seguir",
    paused: (time, newer) => "En pausa desde las " + time + ". " + many(newer, "más nuevo.", "más nuevos."), jump: "Ir a lo más nuevo",
    empty: "Aún no se ha registrado nada. Las lecturas aparecen aquí en cuanto se registran.",
    emptyFilter: "Nada de lo recibido cumple el filtro. Lo que llegue y lo cumpla aparecerá aquí.",
    skipped: (c) => many(c, "apunte omitido.", "apuntes omitidos."), older: (c) => many(c, "apunte más antiguo está", "apuntes más antiguos están") + " en el historial.", openHistory: "Abrir el historial",
    columns: { time: "Hora", who: "Quién", what: "Qué", where: "Dónde", outcome: "Resultado" },
    group: (c) => many(c, "apunte", "apuntes"),
    filter: "Filtro", filterHow: "Palabras como device:azul place:A-03 state:needs; también who: item: do: site: lag:60. Lo que lleva espacios, entre comillas rectas.", filterSuch: (example) => "Filtro: " + example, clear: "Borrar",
    unknown: (word) => "No hay ningún filtro " + word + ". Se busca como texto.",
    views: "Vistas guardadas", saveView: "Guardar como vista", viewName: "Nombre de la vista", forgetView: (name) => "Olvidar la vista " + name,
    count: (c) => many(c, "apunte", "apuntes"), entry: (i) => "Apunte " + i, of: (time) => "de las " + time,
  },
  entry: {
    verbs: {
      add: "Entrada", remove: "Salida", move: "Traslado", isolate: "Cuarentena", release: "Liberación", assemble: "Montaje", disassemble: "Desmontaje", pack: "Empaquetado", unpack: "Desempaquetado", count: "Recuento",
      scrap: "Merma", undo: "Anulación", map: "Código asignado", decide: "Decisión", close: "Cierre", "session-open": "Recuento abierto", "session-close": "Recuento cerrado", ask: "Aviso al responsable", skip: "Lectura perdida",
    },
    outcomes: { applied: "Registrado", absorbed: "Ya contado", exception: "Incidencia", parked: "En espera", refused: "Rechazado" },
    kinds: { intent: "Lectura", correction: "Corrección", decision: "Decisión", edit: "Cambio", alert: "Alerta", day: "Día nuevo", recost: "Revalorización" },
    made: "Creado", changed: "Cambiado", corrected: "Corregido", others: (c) => "y " + n(c) + " más", lines: (c) => many(c, "línea", "líneas"),
    lot: (code) => "lote " + code, serial: (code) => "n.º de serie " + code, at: (place) => "en " + place, to: (place) => "a " + place, from: (place) => "en " + place,
    difference: (sign, quantity) => "diferencia " + sign + quantity, noDifference: "sin diferencia", inSite: (site) => "en " + site, empty: "vacío", more: (c) => n(c) + " más", server: "Bayledger",
  },
  attention: {
    title: "Por resolver", none: "Nada por resolver.", noneHow: "Las alertas e incidencias aparecen aquí en cuanto surgen.",
    said: (message) => "Nuevo: " + message, saidMany: (c) => many(c, "asunto nuevo por resolver.", "asuntos nuevos por resolver."), since: (time) => "desde las " + time,
    kinds: {
      short: "Salió sin estar en stock", held_taken: "Salió género bloqueado", doubtful_count: "Recuento dudoso", count_difference: "Diferencia de recuento", identity_conflict: "Dos lecturas, un número", lost_scan: "Lectura perdida",
      reinstalled: "Dispositivo reinstalado", sealed: "Lectura de dispositivo antiguo", double_scan: "¿Escaneado dos veces?", serial_two_places: "Serie en dos sitios", barcode_dispute: "Código en disputa", recount: "Recontar", ambiguous: "No está claro",
      not_allowed: "No permitido", no_reason: "Falta el motivo", overfull: "Ubicación llena de más", closing: "Borrado, aún en uso", has_variants: "¿Qué variante?", closed_books: "Periodo cerrado", held_short: "Falta género bloqueado",
      operator_inactive: "Persona no activa", serial_unknown: "Serie desconocida", serial_in_stock: "Serie ya en stock", asset_incomplete: "Máquina incompleta", serial_returned: "Serie de vuelta", serial_mismatch: "Serie en otro sitio",
      still_parked: "Sigue en espera", asked: "Piden ayuda", package_circle: "Bulto dentro de sí mismo",
    },
    alertKinds: { low: "Stock bajo", over: "Exceso", out: "Sin stock", negative: "Bajo cero", held_taken: "Salió género bloqueado", expiring: "Caduca pronto", expired: "Caducado" },
    severities: { critical: "Urgente", warning: "Importante", info: "Para saber" },
    acknowledge: "Me encargo", snooze: "Más tarde", snoozeHour: "En una hora", snoozeDay: "Mañana", wake: "Devolver",
    acknowledgedBy: (who) => who + " se encarga", snoozedBy: (who, until) => who + " lo ha aplazado hasta " + until, escalated: "Nadie ha respondido",
    take: "Me encargo", leaveIt: "Devolver", takenBy: (who) => who + " se encarga",
    choices: { take: "Me encargo", leave: "Devolver", accept: "Aceptar como está", recount: "Pedir recuento", dismiss: "Descartar", returned: "Se ha devuelto", written_off: "Dar de baja", reject: "Rechazar el recuento", answered: "Atendido" },
    recommended: "Recomendado", otherwise: "Otra cosa",
    advice: {
      recount: "Haz contar la ubicación: así el stock queda bien, pase lo que pase.",
      accept: "Ocurrió como se escaneó: déjalo registrado.",
      dismiss: "No hay nada que arreglar: es solo para saberlo.",
      returned: "Haz que lo devuelvan, y luego dilo.",
      take: "Míralo: di que te encargas, para que nadie más tenga que hacerlo.",
      reject: "La hora del recuento es dudosa: haz que se cuente otra vez.",
      answered: "Alguien en el almacén espera esto: atiéndelo, y luego dilo.",
    },
    decided: (choice) => "Decidido: " + choice + ".", undo: "Deshacer", undone: "Deshecho: está abierto otra vez.", underway: "Enviando",
    more: (c) => many(c, "más está abierto.", "más están abiertos."), openAll: "Abrir la lista", byWhom: (who) => "por " + who,
    show: { all: "Todo", alerts: "Alertas", exceptions: "Incidencias", mine: "Míos" }, explain: "¿Por qué?", askedBy: (who, device, when) => "Pedido por " + who + (device && device !== who ? " en " + device : "") + ", " + when,
  },
  history: {
    title: "Historial", asOf: (i) => "El último apunte es el " + i + ".", olderPage: "Más antiguos", newerPage: "Más nuevos", from: (i) => "Tras el apunte " + i, empty: "Aquí nada coincide.",
    searched: (i) => "Buscado hasta el apunte " + i + ".",
  },
  wall: { title: "Pantalla mural", newest: "Actividad", attention: "Por resolver", none: "Nada por resolver", leave: "Salir de la pantalla mural" },
};

export default spanish;
