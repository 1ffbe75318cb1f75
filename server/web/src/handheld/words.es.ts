import { spanish as flow } from "../core/flow/words.es.ts";
import { plural } from "../core/tongues.ts";
import { units } from "../core/units.es.ts";
import type { WedgeWords } from "../core/wedge/words.ts";
import type { CameraWords } from "./camera/words.ts";
import { spanish as job } from "./jobwords.es.ts";
import { spanish as read } from "./readwords.es.ts";
import type { Language, UiWords } from "./words.ts";

const many = plural("es");

const wedge: WedgeWords = {
  known: (profile) => "Ya se conoce el lector: " + profile + ".",
  good: {
    digits: "Los dígitos llegan tal cual.", letters: "Las letras llegan tal cual, minúsculas y mayúsculas.", symbols: "Los signos llegan tal cual.",
    zero: "Los ceros a la izquierda llegan.", long: "Los códigos largos llegan enteros.", end: "Cada lectura termina por sí sola.",
  },
  name: { digits: "Dígitos", letters: "Letras", symbols: "Signos", zero: "Cero a la izquierda", long: "Cuarenta caracteres", end: "Final" },
  missing: (code) => "Sin escanear todavía: " + code + ".",
  missingFirst: "Sin escanear todavía: uno de los dos códigos de la parte superior de la hoja.",
  allIsWell: "Todo está bien con este lector.",
  layoutFound: (layout) => "El lector escribe para un teclado estadounidense, y el dispositivo tiene " + layout + ". Escanea uno de los dos códigos de la parte superior de la hoja: el perfil lo arregla.",
  capsLock: (code) => code + ": mayúsculas y minúsculas están cambiadas. Desactiva el bloqueo de mayúsculas.",
  twoInOne: "Dos lecturas llegaron como una. Configura CR (Intro) como sufijo del lector.",
  keysLost: "Cuarenta caracteres: se pierden teclas. Configura al menos 5 ms entre teclas en el lector.",
  changed: (text) => "Un código de la hoja llegó cambiado: " + text + ". Escanéalo otra vez; si sigue igual, escanea uno de los dos códigos de la parte superior de la hoja.",
  dropsSeparator: "El lector omite el separador entre elementos GS1 (FNC1). Configúralo para que envíe GS (byte 29, Ctrl-]), o un texto como <GS> que nombre el perfil.",
  noIdentifier: "El lector no envía identificador de simbología. Activa los identificadores AIM: sin ellos, un número puede tomarse por otro tipo de código.",
  noSuffix: "El lector no envía nada tras una lectura. Configura CR (Intro) como sufijo: sin él, solo una pausa marca el final.",
  learnedLayout: (layout) => "El lector escribe para un teclado estadounidense, y el dispositivo tiene " + layout + ". El perfil lo arregla; es mejor configurar el lector.",
  poorSeparator: (separator) => "El separador " + separator + " puede ser parte de un lote o de un número de serie. Elige uno que no pueda serlo: ~ o <GS>.",
  prefix: "prefijo", suffix: "sufijo", separator: "FNC1 llega como", layout: "teclado",
  asTheyAre: "envía las lecturas tal cual",
};

const kept = " Todo lo escaneado está guardado en este dispositivo";

const ui: UiWords = {
  title: "Terminal Bayledger",
  mode: { add: "Entrada", remove: "Salida", move: "Traslado", isolate: "Cuarentena", count: "Recuento", assemble: "Montaje", disassemble: "Desmontaje", lookup: "Consulta" },
  state: { ready: "Listo", saved: "Guardado en este dispositivo", sent: "Enviado", check: "Míralo", stop: "Alto" },
  mark: { saved: "Sin enviar", booked: "Enviado", needs: "Por resolver" },
  connection: { connecting: "Conectando", on: "Conectado", off: "Sin conexión", stopped: "Necesita ayuda" },
  notSent: (n) => "Sin enviar: " + n,
  allSent: "Todo enviado",
  needsYou: (n) => "Por resolver: " + n,
  ready: "Listo para escanear",
  notListening: "No escucha: toca aquí",
  undo: "Deshacer", redo: "Rehacer", quantity: "Cantidad", more: "Más", close: "Volver", ok: "OK",
  okHow: "Mantén pulsado OK, o escanea OK en la hoja.",
  confirm: "Confirmar", cancel: "Cancelar", done: "Terminado",
  unit: (quantity, unit) => units.of(quantity, unit),
  stockAfter: (amount, at) => "Allí: " + amount + ", a las " + at,
  inHand: (n) => "En mano: " + n,
  behind: (n) => "Esperan detrás: " + n,
  previous: "Antes",
  nothingYet: "Todavía no se ha escaneado nada",
  next: "Siguiente paso",
  quantityTitle: "¿Cuántos?",
  thisOne: "El último era de tantos", nextOne: "El siguiente es de tantos",
  sound: "Sonido", soundOn: "Sí", soundOff: "No",
  hand: "Mano", left: "Izquierda", right: "Derecha",
  theme: "Claro u oscuro", themes: { auto: "Como el dispositivo", light: "Claro", dark: "Oscuro" },
  language: "Idioma",
  keepFile: "Guardar todas las lecturas de este dispositivo en un archivo",
  seen: "Visto", noNotes: "Nada por resolver.",
  typeCode: "Teclear un código", take: "Tomar",
  reason: "Motivo", say: "Anotar",
  device: (name, site) => name + " en " + site,
  catalogueAsOf: (at) => "Catálogo de las " + at,
  pairTitle: "Vincular este terminal",
  pairHow: "En la página del servidor, pide que se cree un código para este terminal, y escanéalo aquí con la cámara del dispositivo o con su lector.",
  pairTerminal: "Para un terminal de línea de comandos, pasa la dirección completa a bayledger scan --pair. Cada código sirve una vez.",
  pairing: "Vinculando…",
  pairFailed: (why) => "Este terminal no se ha vinculado: " + why + " No se ha cambiado nada; pide un código nuevo y escanéalo.",
  pairWaiting: (n) => "Este dispositivo aún guarda " + n + many(n, " lectura sin enviar", " lecturas sin enviar") + " de su vinculación anterior. No se ha vinculado de nuevo; deja que se conecte antes, o guárdalas en un archivo.",
  pairOpen: (n) => n + many(n, " lectura espera", " lecturas esperan") + " en este dispositivo detrás de un PIN. No se ha vinculado de nuevo; abre esta página sin el código, introduce el PIN o elige «Ahora no», y deja que se conecte antes.",
  otherTab: "Este terminal está abierto en otra pestaña o ventana. Ciérrala; esta seguirá por sí sola.",
  unopened: {
    title: "Este terminal no puede escanear ahora",
    why: {
      newer: "Esta página es más antigua que lo guardado en este dispositivo: el servidor ha vuelto a una versión anterior.",
      held: "Sigue abierta una ventana más antigua de este terminal, y retiene lo guardado en este dispositivo.",
      failed: "Lo guardado en este dispositivo no se puede leer ahora.",
    },
    kept: "No se ha borrado ni cambiado nada en este dispositivo: lo escaneado está guardado. Lo que se escanea ahora no se toma.",
    what: {
      newer: "Se pide una página más nueva una y otra vez; cuando el servidor la tenga, este terminal seguirá por sí solo. Mientras tanto, escanea con otro dispositivo, y avisa a tu administrador.",
      held: "Cierra todas las demás ventanas y pestañas de este terminal; esta seguirá por sí sola.",
      failed: "Vuelve a cargar la página. Si no sirve, reinicia el dispositivo; después guarda las lecturas en un archivo, y entrega el dispositivo y el archivo a tu administrador. No borres los datos del navegador.",
    },
    again: "Volver a cargar la página",
    fileKept: "El archivo está guardado.",
    noFile: "Tampoco se ha podido crear el archivo. Deja el dispositivo como está, y entrégalo a tu administrador.",
  },
  insecure: "Esta dirección no es segura (sin https), así que el navegador no guarda ni instala nada. Abre en este dispositivo la página /trust del servidor, confía en su autoridad, y vuelve por https.",
  trust: "Confiar en este servidor",
  notKept: "El navegador puede borrar lo guardado cuando falta espacio. Instala esta página en la pantalla de inicio para proteger las lecturas.",
  nearlyFull: "Queda poco espacio en este dispositivo. Conéctalo, para que las lecturas se envíen y se libere espacio.",
  tooFast: "Demasiadas lecturas esperan a guardarse. La última no se ha tomado; espera, y vuelve a escanearla.",
  tooLarge: "Hay más de lo que cabe en este dispositivo: no todo se puede consultar sin conexión. Puedes seguir escaneando.",
  notStored: (code) => ({
    outbox_full: "Este dispositivo guarda todas las lecturas sin enviar que puede. La lectura no se ha tomado; conecta el dispositivo, y vuelve a escanear.",
    disk_full: "Este dispositivo no tiene espacio. La lectura no se ha tomado; libera espacio o conéctalo, y vuelve a escanear.",
    disk_failed: "Este dispositivo no ha podido guardar la lectura. No se ha tomado; vuelve a escanear, y si falla, usa otro dispositivo.",
  })[code],
  lost: (from, through) => (from === through ? "La lectura " + from + " se ha perdido" : "Las lecturas " + from + " a " + through + " se han perdido") + " en la memoria de este dispositivo. El servidor lo sabe; di qué se había escaneado, y cuenta.",
  stopped: (why, text) => ({
    bad_key: "El servidor no acepta la clave de este terminal." + kept + "; vincúlalo otra vez.",
    replaced: "Otro dispositivo con este nombre ha ocupado su lugar." + kept + "; busca el otro, y vincula de nuevo uno de los dos.",
    update: "El servidor y esta página hablan versiones distintas." + kept + "; vuelve a cargar la página.",
    bad_frame: "El servidor no ha podido leer lo que envió esta página." + kept + "; vuelve a cargar la página y avisa a tu administrador.",
    asked: "El servidor pide que alguien mire este dispositivo." + kept + ".",
  })[why] + (text ? " El servidor dice: " + text : ""),
};

const camera: CameraWords = {
  camera: "Cámara", open: "Escanear con la cámara", close: "Cerrar", starting: "La cámara arranca…",
  aim: "¿Otra vez? Aparta antes.",
  resting: "La cámara descansa.", again: "Seguir", torchOn: "Encender luz", torchOff: "Apagar luz",
  trouble: {
    none: "Este dispositivo no tiene cámara que una página pueda usar. Escanea con el lector, o teclea el código en «Más».",
    denied: "El navegador no deja usar la cámara a esta página. Permítela en sus ajustes, e inténtalo otra vez.",
    busy: "Otra aplicación usa la cámara. Ciérrala, e inténtalo otra vez.",
    broken: "No se ha podido cargar lo que lee las imágenes. Necesita la red una vez; conecta este dispositivo, e inténtalo otra vez.",
  },
};

const spanish: Language = { code: "es", dir: "ltr", flow, wedge, ui, job, read, camera };
export default spanish;
