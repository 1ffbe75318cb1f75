import { plural } from "../../core/tongues.ts";
import { Format } from "../format.ts";
import type { WorkWords } from "./words.ts";

const format = new Format("es-ES");
const form = plural("es");
const many = (count: number, one: string, more: string): string => format.number(count) + " " + form(count, one, more);

export const workSpanish: WorkWords = {
  title: "Rendimiento", days: "Días", spans: { today: "Hoy", yesterday: "Ayer", "7-days": "7 días", "28-days": "28 días", dates: "Desde – hasta" }, first: "Desde", last: "Hasta", choose: "Elige el primer y el último día.",
  file: "Guardar lo que se muestra", csv: "CSV", xlsx: "XLSX", print: "Imprimir",
  scans: "Lecturas", moves: "Movimientos", peak: (scans, when) => "máximo en una hora: " + scans + ", " + when, each: (moves) => moves + " por lectura", wrong: "Por resolver", wrongShare: (share) => share + " % de todas las lecturas", dock: "Del muelle al estante", dockNote: (p90, lines) => "9 de 10 en " + p90 + ", de " + many(lines, "colocación", "colocaciones"), dockNone: "ninguna recepción colocada",
  none: "En estos días no se ha escaneado nada", noneHow: "Elige otros días, u otro centro.",
  line: { hour: "Ritmo por hora", day: "Ritmo por día" }, lineHow: "Lee las líneas con las flechas izquierda y derecha.", lineAt: (when, scans, moves) => when + ": " + many(scans, "lectura", "lecturas") + ", " + many(moves, "movimiento", "movimientos"), table: "Lo mismo como tabla",
  people: "Por persona", nobody: "Sin tarjeta", places: "Por ubicación", products: "Más rotación", errors: "Errores por causa", noErrors: "Ninguna lectura está por resolver.",
  columns: { when: "Cuándo", person: "Persona", place: "Ubicación", product: "Artículo", cause: "Causa", scans: "Lecturas", moves: "Movimientos", wrong: "Por resolver", came: "Entradas", went: "Salidas", day: "Día", lines: "Colocaciones", half: "La mitad en", most: "9 de 10 en", unknown: "Recepción desconocida" },
  noDock: "Ninguna recepción colocada", noDockHow: "Lo que se recibe en una ubicación de recepción y se lleva a un estante aparece aquí.",
  dockAt: (day, half, most, lines) => day + ": la mitad en " + half + ", 9 de 10 en " + most + ", " + many(lines, "colocación", "colocaciones"), half: "mitad", nine: "9 de 10",
  dockUnknown: (c) => "De " + many(c, "colocación", "colocaciones") + " no se sabe cuándo llegó el género.",
  causes: {
    short: "No había bastante", held: "Género bloqueado", expired: "Llegó tarde", not_allowed: "No permitido", unknown_product: "Artículo desconocido", unknown_location: "Ubicación desconocida", unknown_operator: "Persona desconocida", bad_quantity: "Cantidad no válida", bad_time: "Hora no válida",
    bad_field: "Faltaba algo", unknown_field: "De un programa más nuevo", unknown_action: "Acción desconocida", bad_json: "Ilegible", identity_conflict: "Dos lecturas, un número", unsupported: "De un programa más nuevo", closing: "Borrado, aún en uso", not_found: "No está", too_fast: "Demasiado rápido", disk_full: "Disco lleno",
  },
  more: "Mostrar más", how: "Según la hora de cada centro. Las lecturas tardías cuentan a su propia hora; una lectura deshecha se hizo igualmente.",
};
