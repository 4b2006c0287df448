import type { ImagesRequest } from '../images/images.ts'

/** A picture: its bytes, all of it in a `data:` URL, or where it lies. */
export type PictureToEdit = Blob | Uint8Array | string | { image_url: string }

/** A request to change pictures. Unknown fields pass through to upstreams that take them. */
export interface ImageEditsRequest extends ImagesRequest {
  /** 1 to 16 of them: all with their bytes, or all at addresses. */
  images: PictureToEdit[]
  /** Where the first may be changed: a picture whose clear parts say so. */
  mask?: PictureToEdit | null
}
