// What the camera says.

import type { Trouble } from "./camera.ts";

export interface CameraWords {
  camera: string;
  open: string;
  close: string;
  starting: string;
  aim: string;
  resting: string;
  again: string;
  torchOn: string;
  torchOff: string;
  trouble: Readonly<Record<Trouble, string>>;
}

export const english: CameraWords = {
  camera: "Camera", open: "Scan with the camera", close: "Close", starting: "The camera is starting …",
  aim: "Again? Look away first.",
  resting: "The camera rests.", again: "Go on", torchOn: "Light on", torchOff: "Light off",
  trouble: {
    none: "This device has no camera that a page may use. Scan with the reader, or type the code under More.",
    denied: "The browser does not let this page use the camera. Allow it in the browser's settings of this page, then try again.",
    busy: "Another app uses the camera. Close that one, then try again.",
    broken: "What reads pictures could not be loaded. It needs the network once; connect this device, then try again.",
  },
};
